// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import dev.waybill.aftercommit.Errand;
import dev.waybill.driver.capture.ConnectionCapture;
import dev.waybill.driver.proxy.Facets;
import dev.waybill.publication.Catalogue;
import dev.waybill.statement.WaybillStatement;
import dev.waybill.tentative.Board;
import java.sql.SQLException;

/** Lets {@code unwrap(WaybillConnection.class)} find what it asks for. Stateless; any thread. */
final class WaybillFacet implements Facets {

    @Override
    public <T> T facet(Class<T> type, ConnectionCapture capture) {
        if (type == Branch.class) {
            return type.cast(new BranchOfCapture(capture));
        }
        if (type == Errand.Taker.class) {
            return type.cast((Errand.Taker) capture::on);
        }
        if (type == Board.class) {
            return type.cast((Board) work -> capture.administer(new WaybillStatement.OnBoard(work)));
        }
        return type == WaybillConnection.class ? type.cast(new OverCapture(capture)) : null;
    }

    private record BranchOfCapture(ConnectionCapture capture) implements Branch {

        @Override
        public void started() throws SQLException {
            capture.branchStarted();
        }

        @Override
        public void ending() throws SQLException {
            capture.branchEnding();
        }

        @Override
        public void ended(boolean kept) throws SQLException {
            capture.branchEnded(kept);
        }
    }

    private record OverCapture(ConnectionCapture capture) implements WaybillConnection {

        @Override
        public void execute(WaybillStatement statement) throws SQLException {
            capture.administer(statement);
        }

        @Override
        public Catalogue catalogue() throws SQLException {
            return capture.catalogue();
        }
    }
}

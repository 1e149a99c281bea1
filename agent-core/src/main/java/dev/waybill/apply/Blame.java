// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.LogOffset;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Finds the words for a change that does not work: which transaction, table and key, and what to do; never the content of a row beyond its key. One thread. */
final class Blame {

    private final Dialect dialect;
    private final String sender;
    private LogOffset offset = LogOffset.ZERO;

    Blame(Dialect dialect, String sender) {
        this.dialect = dialect;
        this.sender = sender;
    }

    /** What fails from now on belongs to this transaction. */
    void at(LogOffset transaction) {
        offset = transaction;
    }

    String sender() {
        return sender;
    }

    LogOffset offset() {
        return offset;
    }

    SQLException count(Work work, SQLException cause) {
        return cause.getMessage().startsWith("0 ")
                ? WaybillError.APPLY_ROW_MISSING.with(work.kind(), work.landing().table().name(), work.keyText(), offset, sender)
                : WaybillError.APPLY_KEY_NOT_UNIQUE.with(work.kind(), work.landing().table().name(), work.keyText(), offset, sender, cause.getMessage());
    }

    SQLException failed(Work work, SQLException cause) {
        TableName table = work.landing().table().name();
        String key = work.keyText();
        return switch (dialect.classify(cause)) {
            case TRANSIENT -> cause;
            case DUPLICATE -> WaybillError.APPLY_DUPLICATE.because(cause, work.kind(), table, key, offset, sender);
            case REFERENCE -> WaybillError.APPLY_REFERENCE.because(cause, work.kind(), table, key, offset, sender);
            case SCHEMA -> WaybillError.APPLY_UNFIT.because(cause, work.kind(), table, key, offset, sender, suspects(work), cause.getSQLState());
            case OTHER -> WaybillError.APPLY_REFUSED.because(cause, work.kind(), table, key, offset, sender, cause.getSQLState(), cause.getErrorCode());
        };
    }

    /** Columns whose type here differs from the sender's. */
    private static String suspects(Work work) {
        Map<String, ReplicaColumn> here = work.landing().table().columns();
        List<String> suspects = new ArrayList<>();
        for (int index = work.columns().nextSetBit(0); index >= 0; index = work.columns().nextSetBit(index + 1)) {
            ColumnShape column = work.landing().column(index);
            ReplicaColumn own = here.get(column.name());
            if (isSuspect(column.type(), own) || work.change().after().value(index) == null && !own.nullable()) {
                suspects.add(column.name() + " is " + own.typeName() + "(" + own.size() + ")" + (own.nullable() ? "" : " NOT NULL") + " here, " + column.type().type() + "("
                        + column.type().precision() + ") there");
            }
        }
        return suspects.isEmpty() ? "no column differs in its type" : String.join("; ", suspects);
    }

    /** By the words of the standard, which not every product's driver uses; there the length alone says something. */
    private static boolean isSuspect(ColumnType there, ReplicaColumn here) {
        return here.bareType() == null && !here.typeName().replace("CHARACTER VARYING", "VARCHAR").replace("CHARACTER", "CHAR").replace("BINARY VARYING", "VARBINARY").replace(' ', '_')
                .startsWith(there.type().name().replace("CLOB", "CHAR LARGE OBJECT").replace(' ', '_')) || there.precision() > here.size();
    }
}

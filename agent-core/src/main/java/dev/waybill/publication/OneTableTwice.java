// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.ColumnShape;
import dev.waybill.error.WaybillError;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One table in two publications of one subscriber. He gets the columns of both together, and a row when one of them chooses it; so where rows are chosen, both must have the same columns: he would get columns of rows that are not
 * meant for him otherwise. Stateless.
 */
final class OneTableTwice {

    private OneTableTwice() {}

    /**
     * @param articles of the publication, as it is or will be
     * @throws SQLException ARTICLES_DIFFER
     */
    static void expectAlike(Catalogue catalogue, String subscriber, String publication, List<Article> articles) throws SQLException {
        for (Subscription other : catalogue.subscriptionsOf(subscriber)) {
            if (!other.publication().equals(publication)) {
                for (Article article : articles) {
                    Article twin = catalogue.publication(other.publication()).flatMap(publications -> publications.article(article.name())).orElse(null);
                    if (twin != null && (twin.choosesRows() || article.choosesRows()) && !columns(twin).equals(columns(article))) {
                        throw WaybillError.ARTICLES_DIFFER.with(subscriber, article.name(), publication, other.publication());
                    }
                }
            }
        }
    }

    private static Set<String> columns(Article article) {
        return article.table().columns().stream().map(ColumnShape::name).collect(Collectors.toSet());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.TableName;
import java.util.List;
import java.util.Optional;

/**
 * A named set of articles.
 *
 * @param sinceVersion the catalogue version with which its newest article came into force: writers that began under an older one may not have captured for it
 */
public record Publication(String name, long sinceVersion, List<Article> articles) {
    public Publication {
        articles = List.copyOf(articles);
    }

    /** Articles whose rows go where rows of this table say. */
    public List<Article> followers(TableName table) {
        return articles.stream().filter(article -> article.audience() != null && article.audience().decider().equals(table)).toList();
    }

    /** Whether changes of this table say who had a row and who has it: where other tables decide about its rows, or it decides about theirs. */
    public boolean tellsAudience(TableName table) {
        return article(table).filter(article -> article.audience() != null || article.subscribeBy() != null && !followers(table).isEmpty()).isPresent();
    }

    public Optional<Article> article(TableName table) {
        return articles.stream().filter(article -> TableName.of(article.table()).equals(table)).findFirst();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.ShapeCodec;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.error.WaybillError;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a database offers. Every method is one transaction, committed when it returns; nothing is done when it throws. Definitions in force are never changed: a change ends them with the new version and begins others. One thread.
 */
public final class Publications {

    private final Administration administration;

    public Publications(Administration administration) {
        this.administration = administration;
    }

    /** Offers these tables under this name, from the new version on. */
    public void create(String publication, List<TableReference> tables) throws SQLException {
        widen("CREATE PUBLICATION", transaction -> {
            Users.expectPublisher(transaction.before());
            if (transaction.before().publication(publication).isPresent()) {
                throw WaybillError.PUBLICATION_EXISTS.with(publication);
            }
            Map<TableName, Article> articles = new LinkedHashMap<>();
            for (TableReference table : parentsFirst(tables)) {
                Article article = article(transaction, table, articles::get);
                if (articles.put(article.name(), article) != null) {
                    throw WaybillError.ARTICLE_EXISTS.with(article.name(), publication);
                }
            }
            transaction.execute("INSERT INTO #publication (publication_name, since_version) VALUES (?, ?)", publication, transaction.version());
            for (Article article : articles.values()) {
                insert(transaction, publication, article);
            }
            CatalogueTransaction.expectNobodyElsewhere(administration, "CREATE PUBLICATION");
        });
        lookAgain("CREATE PUBLICATION", () -> drop(publication));
    }

    /** Adds a table. Refused while somebody gets the publication: he would get changes of rows that he never got. */
    public void addTable(String publication, TableReference table) throws SQLException {
        widen("ALTER PUBLICATION", transaction -> {
            Publication present = expectIdle(transaction, publication);
            Article article = article(transaction, table, name -> present.article(name).orElse(null));
            if (present.article(article.name()).isPresent()) {
                throw WaybillError.ARTICLE_EXISTS.with(article.name(), publication);
            }
            for (Subscription subscription : transaction.before().subscriptions()) {
                if (subscription.publication().equals(publication)) {
                    article.chosenBy(publication, expectValue(publication, subscription, article));
                    OneTableTwice.expectAlike(transaction.before(), subscription.subscriber(), publication, List.of(article));
                }
            }
            insert(transaction, publication, article);
            CatalogueTransaction.expectNobodyElsewhere(administration, "ALTER PUBLICATION");
        });
        lookAgain("ALTER PUBLICATION", () -> dropTable(publication, table));
    }

    /** Takes a table out. Refused for the last one, and while somebody gets the publication. */
    public void dropTable(String publication, TableReference table) throws SQLException {
        change("ALTER PUBLICATION", transaction -> {
            Publication present = expectIdle(transaction, publication);
            TableName name = ArticleShape.name(administration.raw(), administration.dialect(), table);
            if (present.article(name).isEmpty()) {
                throw WaybillError.ARTICLE_UNKNOWN.with(name, publication);
            }
            for (Article follower : present.followers(name)) {
                if (follower.audience().ofParent()) {
                    throw WaybillError.ARTICLE_FOLLOWED.with(name, publication, follower.name());
                }
            }
            if (present.articles().size() == 1) {
                throw WaybillError.ARTICLE_LAST.with(name, publication);
            }
            transaction.execute("UPDATE #article SET until_version = ? WHERE publication_id = ? AND table_schema = ? AND table_name = ? AND until_version IS NULL",
                    transaction.version(), transaction.publicationId(publication), name.schema(), name.name());
        });
    }

    /** Withdraws a publication, and with it all subscriptions to it; what is committed by now is still owed. */
    public void drop(String publication) throws SQLException {
        CatalogueTransaction.runAtHead(administration, "DROP PUBLICATION", transaction -> {
            transaction.publication(publication);
            long id = transaction.publicationId(publication);
            long head = transaction.sequenceToNow(administration.clock()).bytes();
            for (Subscription subscription : transaction.before().subscriptions()) {
                if (subscription.publication().equals(publication)) {
                    new Periods(transaction.raw(), transaction.dialect(), subscription).end(head);
                }
            }
            transaction.execute("DELETE FROM #subscription WHERE publication_id = ?", id);
            transaction.execute("UPDATE #article SET until_version = ? WHERE publication_id = ? AND until_version IS NULL", transaction.version(), id);
            transaction.execute("UPDATE #publication SET until_version = ? WHERE publication_id = ?", transaction.version(), id);
        });
    }

    /** Lets triggers capture what every writer does, if they do not yet and anything is published. */
    public void capture() throws SQLException {
        widen("waybill.capture=complete", transaction -> { });
    }

    private interface Undoing {
        void run() throws SQLException;
    }

    /** Who connected from another process between the look and the commit may have read the catalogue of before, and would not hear of this one: what came into force is taken back. Whoever connects after the commit has read it. */
    private void lookAgain(String statement, Undoing undoing) throws SQLException {
        try {
            CatalogueTransaction.expectNobodyElsewhere(administration, statement);
        } catch (SQLException somebody) {
            try {
                undoing.run();
            } catch (SQLException stays) {
                somebody.addSuppressed(stays);
                throw WaybillError.PUBLISHED_UNSEEN.because(somebody, statement, stays.getMessage());
            }
            throw somebody;
        }
    }

    private void change(String statement, CatalogueTransaction.Change change) throws SQLException {
        CatalogueTransaction.run(administration, statement, change);
    }

    /** More is captured from now on: writers of other processes, who plan under an older catalogue, learn it at their next commit. */
    private void widen(String statement, CatalogueTransaction.Change change) throws SQLException {
        long version = CatalogueTransaction.run(administration, statement, change).version();
        if (administration.dialect().hasFence()) {
            administration.dialect().raiseFence(administration.raw(), version);
            if (!administration.raw().getAutoCommit()) {
                administration.raw().commit();
            }
        }
    }

    /** Those that follow parents behind these; what is left over in a circle follows nobody, and is refused then. */
    private static List<TableReference> parentsFirst(List<TableReference> tables) {
        List<TableReference> ordered = new ArrayList<>();
        List<TableReference> left = new ArrayList<>(tables);
        for (boolean moved = true; moved; ) {
            List<TableReference> ready = left.stream().filter(table -> table.audience() == null || !table.audience().ofParent()
                    || left.stream().noneMatch(other -> other != table && other.table().text().equalsIgnoreCase(table.audience().table().table().text()))).toList();
            moved = !ready.isEmpty();
            ordered.addAll(ready);
            left.removeAll(ready);
        }
        ordered.addAll(left);
        return ordered;
    }

    private Article article(CatalogueTransaction transaction, TableReference table, AudienceShape.Siblings siblings) throws SQLException {
        return ArticleShape.of(administration.raw(), administration.dialect(), table, transaction.version(), siblings);
    }

    private static void insert(CatalogueTransaction transaction, String publication, Article article) throws SQLException {
        transaction.execute("INSERT INTO #article (publication_id, table_schema, table_name, shape, since_version) VALUES (?, ?, ?, ?, ?)",
                transaction.publicationId(publication), article.name().schema(), article.name().name(), ArticleCode.encode(article), transaction.version());
        if (article.condition() != null) {
            say(transaction, publication, article, "where_condition", article.condition().text());
        }
        if (article.isByValue()) {
            say(transaction, publication, article, "subscribe_by", article.audience() == null ? article.subscribeBy().text() : article.audience().text());
        }
        if (!article.clauses().isEmpty()) {
            say(transaction, publication, article, "conflict_policy", article.clauses().text());
        }
    }

    private static void say(CatalogueTransaction transaction, String publication, Article article, String column, String text) throws SQLException {
        transaction.execute("UPDATE #article SET " + column + " = ? WHERE publication_id = ? AND table_schema = ? AND table_name = ? AND until_version IS NULL", text,
                transaction.publicationId(publication), article.name().schema(), article.name().name());
    }

    /** Who has subscribed without a value would get nothing of a table that asks for one. */
    private static String expectValue(String publication, Subscription subscription, Article article) throws SQLException {
        if (article.isByValue() && subscription.value() == null) {
            throw WaybillError.SUBSCRIPTION_WITHOUT_VALUE.with(publication, article.valueColumn().text(), subscription.subscriber());
        }
        return subscription.value();
    }

    private static Publication expectIdle(CatalogueTransaction transaction, String publication) throws SQLException {
        Publication present = transaction.publication(publication);
        for (Subscription subscription : transaction.before().subscriptions()) {
            if (subscription.publication().equals(publication) && subscription.isLive()) {
                throw WaybillError.PUBLICATION_IN_USE.with(publication, subscription.subscriber(), subscription.state());
            }
        }
        return present;
    }
}

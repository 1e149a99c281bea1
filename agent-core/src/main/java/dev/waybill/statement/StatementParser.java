// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

import dev.waybill.error.WaybillError;
import dev.waybill.publication.Identifier;
import dev.waybill.publication.PoisonPolicy;
import dev.waybill.publication.TableReference;
import dev.waybill.statement.WaybillStatement.Verb;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The grammar, one method for each rule. For statements that {@link FirstWords} claims. */
final class StatementParser {

    private static final Pattern TIME_OF_DAY = Pattern.compile("([01]?\\d|2[0-3]):([0-5]\\d)(?::([0-5]\\d))?");

    private static final int LONGEST_VALUE = 128;

    private final String sql;
    private final Cursor at;

    StatementParser(String sql) {
        this.sql = sql;
        at = new Cursor(sql);
    }

    WaybillStatement parse() throws SQLException {
        WaybillStatement other = at.takeWord("PASSTHROUGH") ? passthrough() : new JobStatements(at).statement();
        WaybillStatement ofCalls = other == null ? new CallStatements(at).statement() : other;
        WaybillStatement ofWork = ofCalls == null ? new TentativeStatements(at).statement() : ofCalls;
        WaybillStatement statement = ofWork == null ? statement() : ofWork;
        at.expectEnd();
        return statement;
    }

    private WaybillStatement statement() throws SQLException {
        if (at.takeWord("GRANT")) {
            return grant();
        }
        if (at.takeWord("REVOKE")) {
            return revoke();
        }
        if (at.takeWord("REMOTE")) {
            at.means(Form.REMOTE_RESET);
            at.expectWord("RESET");
            return new WaybillStatement.RemoteReset(at.name("the database"));
        }
        if (at.takeWord("SET")) {
            return setOption();
        }
        for (Verb verb : Verb.values()) {
            if (at.takeWord(verb.name())) {
                return change(verb);
            }
        }
        at.means(Form.ALTER_PUBLICATION);
        at.expectWord("ALTER");
        return FirstWords.altersUser(sql) ? alterRemote() : at.isWord("REMOTE") ? messageType(true) : alterPublication();
    }

    private WaybillStatement change(Verb verb) throws SQLException {
        if (verb == Verb.CREATE && at.isWord("REMOTE")) {
            return messageType(false);
        }
        if (verb == Verb.CREATE && at.isWord("PUBLICATION")) {
            return createPublication();
        }
        if (verb == Verb.DROP && at.isWord("REMOTE")) {
            return dropMessageType();
        }
        if (verb == Verb.DROP && at.isWord("PUBLICATION")) {
            return dropPublication();
        }
        return subscription(verb);
    }

    // ---- publisher and remote users ----

    private WaybillStatement grant() throws SQLException {
        if (at.takeWord("PUBLISH")) {
            at.means(Form.GRANT_PUBLISH);
            at.expectWord("TO");
            return new WaybillStatement.GrantPublish(at.name("the publisher"));
        }
        at.means(Form.GRANT_REMOTE);
        boolean consolidate = remoteOrConsolidate();
        at.expectWord("TO");
        String user = at.name("the database");
        at.expectWord("TYPE");
        String type = type();
        at.expectWord("ADDRESS");
        return schedule(user, consolidate, type, at.string("its address"));
    }

    private WaybillStatement schedule(String user, boolean consolidate, String type, String address) throws SQLException {
        Duration every = null;
        LocalTime sendAt = null;
        if (at.takeWord("SEND")) {
            if (at.takeWord("EVERY")) {
                every = Duration.ofSeconds(time().toSecondOfDay());
            } else if (at.takeWord("AT")) {
                sendAt = time();
            } else if (at.takeWord("ON")) {
                at.expectWord("REQUEST");
                return new WaybillStatement.GrantRemote(user, consolidate, type, address, null, null, true);
            } else {
                throw at.expected("EVERY, AT or ON REQUEST");
            }
        }
        return new WaybillStatement.GrantRemote(user, consolidate, type, address, every, sendAt);
    }

    private LocalTime time() throws SQLException {
        SQLException notATime = at.expected("a time as 'hh:mm:ss', up to '23:59:59'");
        Matcher matcher = TIME_OF_DAY.matcher(at.string("a time"));
        if (!matcher.matches()) {
            throw notATime;
        }
        int second = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        return LocalTime.of(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), second);
    }

    private WaybillStatement revoke() throws SQLException {
        if (at.takeWord("PUBLISH")) {
            at.means(Form.REVOKE_PUBLISH);
            return new WaybillStatement.RevokePublish(at.takeWord("FROM") ? at.name("the publisher") : null);
        }
        at.means(Form.REVOKE_REMOTE);
        boolean consolidate = remoteOrConsolidate();
        at.expectWord("FROM");
        return new WaybillStatement.RevokeRemote(at.name("the database"), consolidate);
    }

    private WaybillStatement alterRemote() throws SQLException {
        at.means(Form.ALTER_REMOTE);
        boolean consolidate = remoteOrConsolidate();
        String user = at.name("the database");
        at.expectWord("POISON");
        for (PoisonPolicy policy : PoisonPolicy.values()) {
            if (at.takeWord(policy.name())) {
                return new WaybillStatement.AlterRemote(user, consolidate, policy);
            }
        }
        throw at.expected("HALT, PARK or SKIP");
    }

    private boolean remoteOrConsolidate() throws SQLException {
        if (at.takeWord("CONSOLIDATE")) {
            return true;
        }
        at.expectWord("REMOTE");
        return false;
    }

    // ---- message types ----

    private WaybillStatement messageType(boolean mustExist) throws SQLException {
        at.means(Form.MESSAGE_TYPE);
        remoteMessageType();
        String type = type();
        return new WaybillStatement.CreateMessageType(type, at.takeWord("ADDRESS") ? at.string("the own address") : null, mustExist);
    }

    private WaybillStatement dropMessageType() throws SQLException {
        at.means(Form.DROP_MESSAGE_TYPE);
        remoteMessageType();
        return new WaybillStatement.DropMessageType(type());
    }

    private void remoteMessageType() throws SQLException {
        at.expectWord("REMOTE");
        at.takeWord("MESSAGE");
        at.expectWord("TYPE");
    }

    private WaybillStatement setOption() throws SQLException {
        at.means(Form.SET_OPTION);
        at.expectWord("REMOTE");
        String type = type();
        at.expectWord("OPTION");
        String option = at.name("the option");
        at.expectSymbol("=");
        return new WaybillStatement.SetRemoteOption(type, option, at.string("the value"));
    }

    private String type() throws SQLException {
        return at.name("a message type, as FILE").toUpperCase(Locale.ROOT);
    }

    // ---- publications ----

    private WaybillStatement createPublication() throws SQLException {
        at.means(Form.CREATE_PUBLICATION);
        at.expectWord("PUBLICATION");
        String publication = at.name("the publication");
        at.expectSymbol("(");
        List<TableReference> tables = new ArrayList<>();
        do {
            at.expectWord("TABLE");
            tables.add(article());
        } while (at.takeSymbol(","));
        if (!at.takeSymbol(")")) {
            throw at.expected(", or )");
        }
        return new WaybillStatement.CreatePublication(publication, tables);
    }

    private TableReference article() throws SQLException {
        TableReference table = table(true);
        if (at.takeWord("WHERE")) {
            table = new TableReference(table.schema(), table.table(), table.columns(), at.condition(), null);
        }
        if (at.takeWord("SUBSCRIBE")) {
            at.expectWord("BY");
            table = new SubscribeByGrammar(at).of(table);
        }
        return table.with(new ConflictGrammar(at).clauses());
    }

    private TableReference table(boolean withColumns) throws SQLException {
        Identifier first = at.identifier("the name of a table");
        boolean qualified = at.takeSymbol(".");
        Identifier table = qualified ? at.identifier("the name of a table") : first;
        List<Identifier> columns = new ArrayList<>();
        if (withColumns && at.takeSymbol("(")) {
            do {
                columns.add(at.identifier("the name of a column"));
            } while (at.takeSymbol(","));
            if (!at.takeSymbol(")")) {
                throw at.expected(", or )");
            }
        }
        return new TableReference(qualified ? first : null, table, columns);
    }

    private WaybillStatement alterPublication() throws SQLException {
        at.expectWord("PUBLICATION");
        String publication = at.name("the publication");
        boolean adds = at.takeWord("ADD");
        if (!adds && !at.takeWord("DROP")) {
            throw at.expected("ADD or DROP");
        }
        at.expectWord("TABLE");
        return adds ? new WaybillStatement.AddTable(publication, article()) : new WaybillStatement.DropTable(publication, table(false));
    }

    private WaybillStatement dropPublication() throws SQLException {
        at.means(Form.DROP_PUBLICATION);
        at.expectWord("PUBLICATION");
        return new WaybillStatement.DropPublication(at.name("the publication"));
    }

    // ---- PASSTHROUGH ----

    private WaybillStatement passthrough() throws SQLException {
        at.means(Form.PASSTHROUGH);
        if (at.takeWord("STOP")) {
            return new WaybillStatement.StopPassthrough();
        }
        boolean only = at.takeWord("ONLY");
        at.expectWord("FOR");
        String publication = null;
        String value = "";
        List<String> recipients = List.of();
        if (at.takeWords("SUBSCRIPTION", "TO")) {
            publication = at.name("the publication");
            value = value();
        } else {
            recipients = names("a remote user");
        }
        String product = at.takeWord("ON") ? at.name("a product, as h2") : "";
        return new WaybillStatement.StartPassthrough(only, recipients, publication, value, product);
    }

    // ---- subscriptions ----

    private WaybillStatement subscription(Verb verb) throws SQLException {
        at.means(Form.SUBSCRIPTION);
        at.expectWord("SUBSCRIPTION");
        at.expectWord("TO");
        String publication = at.name("the publication");
        String value = value();
        at.expectWord("FOR");
        return new WaybillStatement.ChangeSubscription(verb, publication, value, names("a subscriber"));
    }

    /** In brackets; empty when there is none. */
    private String value() throws SQLException {
        String value = "";
        if (at.takeSymbol("(")) {
            SQLException notHere = at.expected("a value of at most " + LONGEST_VALUE + " characters");
            value = at.string("the value");
            if (value.isEmpty() || value.length() > LONGEST_VALUE) {
                throw notHere;
            }
            at.expectSymbol(")");
        }
        return value;
    }

    private List<String> names(String what) throws SQLException {
        List<String> names = new ArrayList<>();
        do {
            names.add(at.name(what));
        } while (at.takeSymbol(","));
        return names;
    }
}

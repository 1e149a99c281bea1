// SPDX-License-Identifier: Apache-2.0
package dev.waybill.error;

import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientException;
import java.util.Locale;

/**
 * One constant for each error that Waybill raises. Immutable; any thread.
 *
 * <p>The text is a {@link String#format} pattern of three sentences: fact with values, what was and was not done, what to do.
 * Constants stand in a section for each room; SQLStates follow the standard where it has one, otherwise class {@code WB}.
 */
public enum WaybillError {

    // ---- apply: received transactions ----

    /** Cause: something that passes by itself: a lock, a lost connection, a full disk. */
    APPLY_POSTPONED("WB700", Retry.LATER,
            "Transaction %s of %s could not be applied now (SQLState %s, error %s). Nothing of it was applied, it is kept and tried again. Nothing needs to be done; if it lasts, look at the cause below."),

    /** Cause: the table was never created here, or dropped or renamed. */
    APPLY_TABLE_MISSING("WB701", Retry.NEVER,
            "Transaction %2$s of %3$s changes table %1$s, which is not in this database. Nothing of it was applied, it is kept and tried again. Create the table, as it is at the sender, with its rows."),

    /** Cause: the table here has fewer columns than the publication. */
    APPLY_COLUMN_MISSING("WB702", Retry.NEVER,
            "Transaction %3$s of %4$s brings values for column %2$s of table %1$s, which has none here%5$s. Nothing of it was applied, it is kept and tried again. Migrate this database too: ALTER TABLE %1$s ADD COLUMN …, or rename."),

    /** Cause: SQLite's NUMERIC rounds decimals that its columns for text keep. */
    APPLY_COLUMN_ROUNDS("WB765", Retry.NEVER,
            "Column %2$s of table %1$s is declared %3$s here, which would round values of the sender's type %4$s without a word (transaction %5$s of %6$s). Nothing of it was applied, it is kept and tried again. Declare the column DECIMAL_TEXT here, as SYNCHRONIZE would."),

    /** Cause: the row was deleted or given another key here. */
    APPLY_ROW_MISSING("WB703", Retry.NEVER,
            "%s of table %s finds no row with key %s (transaction %s of %s). Nothing of the transaction was applied, it is kept and tried again. Put the row back; or let what cannot be applied be put aside (POISON PARK), and SYNCHRONIZE the subscription anew."),

    /** Cause: the key of the publication is no key here. */
    APPLY_KEY_NOT_UNIQUE("WB704", Retry.NEVER,
            "%s of table %s concerns more than one row with key %s (transaction %s of %s: %s). Nothing of the transaction was applied, it is kept and tried again. Make the key unique here, as it is at the sender."),

    /** Cause: a local row stands where the received one belongs. */
    APPLY_DUPLICATE("WB705", Retry.NEVER,
            "%s of table %s with key %s meets another row with the same key or unique value (transaction %s of %s). Nothing of the transaction was applied, it is kept and tried again. "
            + "Remove the local row or give it another value; the cause below names the constraint."),

    /** Cause: a foreign key here does not hold for the received row. */
    APPLY_REFERENCE("WB706", Retry.NEVER,
            "%s of table %s with key %s violates a foreign key (transaction %s of %s). Nothing of the transaction was applied, it is kept and tried again. "
            + "Put the referenced row back, or remove the local rows that refer to it; the cause below names the constraint."),

    /** Cause: a column here is narrower or of another type. */
    APPLY_UNFIT("WB707", Retry.NEVER,
            "%s of table %s with key %s does not fit the table here (transaction %s of %s): %s (SQLState %s). Nothing of the transaction was applied, it is kept and tried again. Alter the column so that it takes what the sender's takes."),

    /** Cause: a check constraint, a trigger, a right. */
    APPLY_REFUSED("WB708", Retry.NEVER,
            "%s of table %s with key %s is refused by the database (transaction %s of %s, SQLState %s, error %s). Nothing of the transaction was applied, it is kept and tried again. Remove what refuses it; the cause below names it."),

    /** Cause: bytes that passed every checksum but are no transaction: another version of the program, or a defect. */
    APPLY_UNREADABLE("WB709", Retry.NEVER,
            "Transaction %s of %s cannot be read: %s. Nothing of it was applied, it is kept and tried again. Use a program that is at least as new as the sender's; if it is, report this."),

    /** Cause: a database below sent a change of something that it may not write here. */
    APPLY_NOT_ADMITTED("WB711", Retry.NEVER,
            "%s sent, at offset %s, a change of %s, which it may not write here. Neither this transaction nor a later one of it was applied, everything is kept. If it may, CREATE SUBSCRIPTION FOR it to a publication here that has this; otherwise find out who wrote that message."),

    /** Cause: the row was given to another subscriber before the sender heard of it; or the sender was taken over. */
    APPLY_ROW_NOT_ITS("WB717", Retry.NEVER,
            "%s of table %s with key %s (transaction %s of %s) concerns a row that is not the sender's by any subscription of it here, before the change or after it. Nothing of the transaction was applied, it is kept and tried again. "
            + "Give the row, or its value, to the sender if it may have it; let what cannot be applied be put aside (POISON SKIP or PARK) if rows are moved while the sender works on them; otherwise find out who wrote that message."),

    /** Cause: a transaction that is not after the position of its sender, or a sender that is not known. */
    APPLY_OUT_OF_TURN("WB710", Retry.NEVER,
            "Transaction %s of %s is not after what was received from there, or nobody of this name is known. Nothing was applied. GRANT REMOTE or GRANT CONSOLIDATE to the sender; if it is granted, report this."),

    /** Cause: PARK or SKIP, and nobody looked after what was put aside. */
    DEAD_LETTERS_FULL("WB712", Retry.NEVER,
            "Transaction %s of %s cannot be applied, and there is no room to put it aside: %s dead letters of %s bytes are there. Nothing of it was applied, the stream halts here and is tried again. Retry, discard or verify dead letters: waybill dead-letters --help."),

    /** Cause: a wrong number, or somebody has dealt with the letter. */
    DEAD_LETTER_UNKNOWN("WB713", Retry.NEVER,
            "There is no dead letter %s that %s. Nothing was done. See the list: waybill dead-letters JDBC-URL list."),

    /** Cause: the letter was parked behind another, which has to come first. */
    DEAD_LETTER_BEHIND("WB714", Retry.NEVER,
            "Dead letter %s touches what dead letter %s touches, which is earlier and still parked. Nothing was done. Retry or discard %2$s first; what waits behind it follows by itself."),

    /** Cause: EDIT names a change, a column or a value that there is not. */
    DEAD_LETTER_EDIT("WB715", Retry.NEVER,
            "Dead letter %s cannot be edited so: %s. Nothing was done. See its changes: waybill dead-letters JDBC-URL show %1$s."),

    /** Cause: PARK or SKIP, by the policy of a neighbour or by a person. */
    APPLY_DIVERGED("WB716", Retry.NEVER,
            "Not all that %s sent is in this database: some of its transactions could not be applied. They were put aside in waybill.dead_letter, what does not touch them goes on. See: waybill dead-letters JDBC-URL."),

    // ---- refresh: snapshots ----

    /** Cause: a table that SYNCHRONIZE found here with other columns. */
    REFRESH_TABLE_DIFFERS("WB720", Retry.NEVER,
            "Table %s is here, but differs from the one at the sender: %s. The snapshot was not installed, it is kept and tried again. Alter the table, or drop it so that it is created anew."),

    /** Cause: rows outside of the publication refer to rows that the snapshot replaces. */
    REFRESH_ROWS_HELD("WB721", Retry.NEVER,
            "The rows of table %s cannot be replaced, because others refer to them (SQLState %s). The snapshot was not installed, it is kept and tried again. Remove the rows, or the foreign key, that the cause below names."),

    /** Cause: a table of the replica's own refers to rows that the snapshot replaces, with ON DELETE CASCADE, SET NULL or SET DEFAULT. */
    REFRESH_LOCAL_ROWS("WB726", Retry.NEVER,
            "Rows of table %s, which is not in the snapshot, would be deleted or changed when the rows of %s are replaced, because they refer to them (foreign key %s). The snapshot was not installed, no row was touched, it is kept "
                    + "and tried again. Drop the foreign key and make it anew when the snapshot is there, or set its columns to NULL meanwhile."),

    /** Cause: a table of the publication was dropped or has lost its key. */
    REFRESH_TABLE_GONE("WB722", Retry.NEVER,
            "Table %s is published by %s but is not in this database any more, or has no key. No snapshot was taken. Create it, or take it out of the publication."),

    /** Cause: a column of the publication was dropped or renamed. */
    REFRESH_COLUMN_GONE("WB725", Retry.NEVER,
            "Column %s of table %s is published by %s but is not in this database any more. No snapshot was taken. Add it again, or take it out of the publication."),

    /** Cause: the catalogue changed while the snapshot was taken. */
    REFRESH_OVERTAKEN("WB723", Retry.LATER,
            "The catalogue changed while a snapshot for %s was taken. The snapshot was thrown away. Nothing needs to be done: it is taken again."),

    /** Cause: parts of a spooled snapshot are missing or damaged. */
    REFRESH_SPOOL_LOST("WB724", Retry.NEVER,
            "The spooled snapshot %s cannot be read: %s. Nothing more of it is sent. Nothing needs to be done: its subscriber gets a new one."),

    // ---- extraction: the first content of a remote database ----

    /** Cause: a remote user who is to get nothing. */
    EXTRACT_NOTHING("WB730", Retry.NEVER,
            "%1$s has no subscription, so there is nothing to extract. Nothing was done. Say CREATE SUBSCRIPTION TO … FOR %1$s first."),

    /** Cause: a database has been heard under this name. */
    EXTRACT_AGAIN("WB731", Retry.NEVER,
            "%s is a database that is at work: incarnation %s was heard at %s. Nothing was done here; the one that was to take its place has an empty catalogue. If another one is to take its place, say so (--again): the former one is not heard and not served any more from then on."),

    /** Cause: the database that was to be filled takes part already. */
    EXTRACT_OCCUPIED("WB732", Retry.NEVER,
            "The database for %s takes part already: its publisher is %s. Nothing was done. Give an empty database, or take what is there away: waybill uninstall."),

    /** Cause: the database that was to be filled has rows of its own in one of the tables. */
    EXTRACT_ROWS("WB733", Retry.NEVER,
            "Table %s of the database for %s has rows already. Nothing was brought there. Empty the table, or drop it so that it is created anew."),

    /** Cause: the directory of the spool is used otherwise, damaged, or cannot be written. */
    EXTRACT_SPOOL("WB734", Retry.NEVER,
            "The spool %s cannot be used: %s. Nothing more was done. Name another directory (--spool), or remove that one: the extraction begins anew then."),

    /** Cause: nobody could answer the head office by this way. */
    EXTRACT_NO_ADDRESS("WB735", Retry.NEVER,
            "This database has no address of its own by %1$s, so %2$s could not answer. Nothing was done. Say CREATE REMOTE MESSAGE TYPE %1$s ADDRESS '…' first."),

    // ---- agent: the one who works for a database ----

    /** Cause: another agent took the lease over while this one was away. */
    LEASE_LOST("WB601", Retry.LATER,
            "The lease of this database is held by %s with token %s, this agent had token %s. Nothing was committed. Nothing needs to be done: this agent waits until the lease is free."),

    /** Cause: somebody set this machine's clock back, so that everything that an agent waits for would be waited for that much longer. */
    CLOCK_WENT_BACK("WB604", Retry.LATER,
            "The clock of this machine went back by %s. Nothing of this cycle was done. Nothing needs to be done: the message agent begins anew and goes by the clock as it is now."),

    /** Cause: the catalogue lost its lease row. */
    LEASE_MISSING("WB602", Retry.NEVER,
            "The table %s has no row, so no agent can work for this database. Nothing was sent, received or changed. Restore the catalogue's tables from the backup of the database."),

    /** Cause: bytes on the link that are no message for this database, or were damaged on the way. */
    MESSAGE_PUT_ASIDE("WB603", Retry.NEVER,
            "Message %s was put aside: %s Nothing of it was applied, it is kept with its reason in the folder quarantine beside its mailbox. "
            + "What is missing of the stream is asked for again by itself; if it keeps coming, find out who sends it."),

    /** Cause: the agent's connections are those of an ordinary application's user. */
    AGENT_RIGHTS("42501", Retry.NEVER,
            "The database user %s has too few rights for a message agent, which needs %s. Nothing is sent or received; what is committed is kept and goes out later. %s"),

    /** Cause: the consolidated database has not confirmed for long. */
    JOURNAL_BEYOND_BOUND("WB739", Retry.NEVER,
            "%s has not confirmed changes of this database that are older or longer than the bound on the journal (%s bytes are kept). They are kept, because it could not be synchronized from here. "
            + "See why nothing comes back from it; to give its changes up, say: waybill peer JDBC-URL reset NAME."),

    // ---- link: how messages travel ----

    /** Cause: a message type that no link knows. */
    LINK_TYPE("WB501", Retry.NEVER,
            "There is no way to send named \"%s\". Nothing is sent or received by it, everything is kept. There are %s: CREATE REMOTE MESSAGE TYPE FILE ADDRESS '…', and GRANT REMOTE … TYPE FILE."),

    /** Cause: a neighbour is reached by a way that this database has not been given. */
    LINK_UNDEFINED("WB506", Retry.NEVER,
            "This database has no message type %1$s. Nothing is sent or received by it, everything is kept. Say CREATE REMOTE MESSAGE TYPE %1$s ADDRESS '…'."),

    /** Cause: an option of a message type is missing or wrong. */
    LINK_OPTION("WB502", Retry.NEVER,
            "Message type %1$s cannot be used with its option \"%2$s\": %3$s. Nothing is sent or received by it, everything is kept. Say SET REMOTE %1$s OPTION %2$s = '…'."),

    /** Cause: an address that is no subdirectory of the shared directory. */
    LINK_ADDRESS("WB503", Retry.NEVER,
            "The address \"%s\" cannot be used: %s. Nothing is sent or received by it, everything is kept. An address is the name of a subdirectory, as 'branch'; correct it in GRANT REMOTE or CREATE REMOTE MESSAGE TYPE."),

    /** Cause: a folder of messages cannot be read or written. */
    LINK_FOLDER("WB504", Retry.LATER,
            "The message folder %s cannot be used: %s. Nothing was lost, all messages are kept and tried again. Make the folder readable and writable for this process; nothing else is needed."),

    /** Cause: a message could not be written into the recipient's folder: full disk, no right, something else in its place. */
    LINK_SEND("WB505", Retry.LATER,
            "A message could not be put into the folder %s: %s. It was not sent and will be sent again. Make the folder writable and see that there is space; nothing else is needed."),

    /** Cause: the head office's server is away, or does not want this. */
    LINK_OFFICE("WB507", Retry.LATER,
            "The head office at %s cannot be used: %s. Nothing was lost, all messages are kept and tried again. If it lasts, see that it can be reached from here, and that the token is one that it gave (./waybill keys token NAME, there)."),

    /** Cause: a mail server is away, or refuses. */
    LINK_MAIL("WB508", Retry.LATER,
            "The mail server %s cannot be used: %s. Nothing was lost, all messages are kept and tried again. If it lasts, see that it can be reached from here, and correct user, password or port: SET REMOTE SMTP OPTION …"),

    /** Cause: a Kafka cluster is away, or refuses. */
    LINK_BROKER("WB510", Retry.LATER,
            "The Kafka cluster %s cannot be used: %s. Nothing was lost, all messages are kept and tried again. If it lasts, see that it can be reached from here, and correct user, rights or certificate: SET REMOTE KAFKA OPTION …"),

    /** Cause: a library that this way needs is not on the class path. */
    LINK_MODULE("WB509", Retry.NEVER,
            "Message type %s needs %s, which is not on the class path. Nothing is sent or received by it, everything is kept. Put it beside the driver's jar; ./waybill has it already."),

    // ---- seal: who may say something here ----

    /** Cause: the directory of keys is not there, or not readable. */
    SEAL_RING("WB521", Retry.LATER,
            "The key ring %s cannot be used: %s. Nothing on it was changed; the keys that were read before stay in force. Name the right directory (waybill.keys, or --keys), or give this process the right to use it."),

    /** Cause: a file of the ring is no key, was altered, or can be read by others. */
    SEAL_KEY("WB522", Retry.NEVER,
            "The key %s cannot be used: %s. Nothing was changed; the keys that were read before stay in force. Mend or remove it, or make another: ./waybill keys make NAME."),

    /** Cause: signatures are required, and this database has nothing to sign with. */
    SEAL_KEY_MISSING("WB523", Retry.LATER,
            "Messages to %1$s must be signed, and the key ring of this agent has no key of %2$s. Nothing was sent to it, everything is kept. Say ./waybill keys make %2$s, name the ring by waybill.keys or --keys, and let %1$s import what "
            + "./waybill keys export %2$s prints."),

    /** Cause: encryption is required, and the recipient's key is not known. */
    SEAL_KEY_OF_NEIGHBOUR("WB524", Retry.LATER,
            "Messages to %1$s must be encrypted, and the key ring of this agent has no key of %1$s. Nothing was sent to it, everything is kept. Say ./waybill keys import with the file that ./waybill keys export %1$s prints there."),

    /** Cause: the head office has not answered an invitation yet, or never will. */
    SEAL_INVITATION("WB525", Retry.LATER,
            "%1$s has not said yet that it trusts the key that was sent to it by invitation %2$s, which is good until %3$s. Nothing but that was sent to it, everything is kept, and it is sent again by itself. See that the agent of %1$s works and what it says "
            + "of the invitation; if that has ended, get another one: ./waybill invite, there."),

    /** Cause: a file that is no invitation, was used up, or is for somebody else. */
    INVITATION_FILE("WB526", Retry.NEVER,
            "The invitation %s cannot be used: %s. Nothing was done. Get another one from the head office: ./waybill invite."),

    /** Cause: an invitation for somebody whom this database does not know, or whose way has no signatures. */
    INVITATION_WHOM("WB527", Retry.NEVER,
            "\"%s\" cannot be invited: %s. Nothing was done. %s"),

    /** Cause: a database that takes part already is to join. */
    INVITATION_PLACE("WB528", Retry.NEVER,
            "This database cannot join by this invitation: %s. Nothing was done. Join with an empty database, or let the head office invite the one that this is."),

    // ---- journal: outbox, sequencer, journal ----

    /** Cause: rows of the outbox that are no whole transaction: deleted or changed by hand. */
    OUTBOX_BROKEN("WB301", Retry.NEVER,
            "Transaction %s in the outbox is not whole: %s. Nothing was sequenced, nothing is sent. Restore the rows from a backup, or delete what is left of it by the bare driver and synchronize the subscribers."),

    /** Cause: journal rows missing or damaged. */
    JOURNAL_BROKEN("WB302", Retry.NEVER,
            "The journal is damaged at log offset %s: %s. Nothing from there on was read or sent. Restore the database from a backup, or synchronize the subscribers under a new incarnation."),

    /** Cause: a position that retention has already deleted. */
    JOURNAL_TRIMMED("WB303", Retry.NEVER,
            "The journal was asked from log offset %s, but it is kept only after %s. Nothing was read. The subscriber has to be synchronized anew."),

    /** Cause: two sequencers at once, or the head changed by hand. */
    JOURNAL_HEAD_MOVED("WB304", Retry.LATER,
            "The head of the journal was at log offset %s and is not there any more. Nothing was sequenced. Nothing needs to be done if an agent has just taken over; otherwise look for a second agent."),

    /** Cause: somebody else sequenced, or deleted rows of the outbox, in between. */
    OUTBOX_ROWS_GONE("WB306", Retry.LATER,
            "%s rows of the outbox that were just seen are not there any more. Nothing was sequenced. Nothing needs to be done if an agent has just taken over; otherwise look for a second agent."),

    /** Cause: rows of trigger_row, trigger_end or trigger_shape that were deleted or changed by hand; or a published column whose type was changed by the bare driver. */
    TRIGGERS_BROKEN("WB307", Retry.NEVER,
            "What triggers have written cannot be read: %s. Nothing was sequenced, nothing is sent. Restore the rows of waybill.trigger_row, trigger_end and trigger_shape, or delete them by the bare driver and synchronize the subscribers."),

    /** Cause: an entry or a part beyond its bound. */
    ENTRY_TOO_LARGE("WB305", Retry.NEVER,
            "A part of transaction %s has %s bytes, allowed are 1 to %s. Nothing was written. This is a fault of the program; please report it."),

    // ---- dialect: what differs between databases ----

    /** Cause: a database product without a dialect. */
    PRODUCT_UNKNOWN("0A000", Retry.NEVER,
            "The database \"%s\" is not one that Waybill knows. Nothing was done. Use one of these: %s"),

    /** Cause: a setting under which the database cannot keep what we promise. */
    PRODUCT_SETTING("0A000", Retry.NEVER,
            "The %s database is set to %s, under which %s. Nothing was done. Say %s, then connect again."),

    /** Cause: a server of a product that is known inside of this process alone. */
    PRODUCT_REMOTE("0A000", Retry.NEVER,
            "The %s database %s is reached through a server, where writers of other processes could not be told when something begins to be published. Nothing was done. Open it inside of the application's process."),

    /** Cause: a table whose rows cannot be told apart. */
    TABLE_WITHOUT_KEY("WB201", Retry.NEVER,
            "Table %s has neither a primary key nor a unique constraint over columns that are all NOT NULL. Nothing was done. Add a primary key."),

    /** Cause: a column of a type that no value kind stands for. */
    COLUMN_TYPE_UNKNOWN("WB202", Retry.NEVER,
            "Column %s has the type %s, which cannot travel. Nothing was done. Give it another type, or name the other columns of the table in the publication, so that it is left out."),

    /** Cause: the bytes of a large value cannot be read: a damaged temporary file, or text that is none. */
    VALUE_UNREADABLE("WB204", Retry.NEVER,
            "A large value cannot be read: %s. The statement was not executed. Look at the cause below; if the disk is sound, please report it."),

    /** Cause: a date of a year that H2 can keep and Java cannot. */
    VALUE_OUT_OF_RANGE("22008", Retry.NEVER,
            "The date %s lies beyond the year %s, the last that can travel. It was not read. Leave the column out of the publication, or keep such dates out of it by a CHECK."),

    /** Cause: a statement that is longer than the server takes. */
    VALUE_TOO_LONG("22001", Retry.NEVER,
            "A value of %s bytes does not fit into one statement: max_allowed_packet of the server is %s. The statement was not executed. Raise max_allowed_packet to twice the longest value."),

    /** Cause: so many commits that no two looks at the outbox agree. */
    OUTBOX_RESTLESS("WB210", Retry.LATER,
            "Of %s looks at the outbox no two showed the same transactions. Nothing was done. It is tried again; if it goes on, let the writers pause for a moment."),

    /** Cause: a value that only one product can have: day or month 0, a time beyond a day; or more decimals, no number, a year beyond what the product takes. */
    VALUE_UNFIT("WB207", Retry.NEVER,
            "The value %s cannot be kept as %s without becoming another one. The statement was undone. Write another value, or leave the column out of the publication."),

    /** Cause: a table of MyISAM, Aria, MEMORY … on MariaDB. */
    TABLE_ENGINE("WB208", Retry.NEVER,
            "Table %s is stored by %s, which keeps what a rolled back transaction has written. Nothing was done. Say ALTER TABLE … ENGINE = InnoDB."),

    /** Cause: a database whose commits are on disk only some time after they have returned. */
    COMMITS_LATE("WB209", Retry.NEVER,
            "The server commits with %s, so that a crash of the machine may take back what has been sent to others. The message agent works on. Set it to %s."),

    /** Cause: a value that is written differently by session setting, in a style that cannot be read for sure elsewhere. */
    VALUE_STYLE("WB205", Retry.NEVER,
            "A value of type %s is written as %s, which another server may read as another value. The statement was undone. Set %s to %s in this session or for the role."),

    /** Cause: an array whose dimensions or bounds are not those of its column. */
    ARRAY_MISSHAPEN("WB206", Retry.NEVER,
            "The array %s cannot travel: %s. The statement was undone. Declare the column with as many dimensions as its values have, let indexes begin at 1, or leave the column out of the publication."),

    /** Cause: a value that its database keeps in another way than its column's type says, or that this database cannot keep as it is. */
    VALUE_MISFIT("WB207", Retry.NEVER,
            "A value of type %s is %s, and would be another one where it is read. The statement was undone. Store it as the column's type says, or declare the column as what is stored in it."),

    /** Cause: SQLite lets the columns of a primary key be NULL, unless they are declared NOT NULL. */
    KEY_IS_NULL("WB210", Retry.NEVER,
            "A row of the published table %s has NULL in its key, and cannot be told from others like it. The transaction was rolled back. Give it a key, and declare the key's columns NOT NULL."),

    /** Cause: a SQLite database in memory, of which every connection has its own. */
    SQLITE_IN_MEMORY("WB208", Retry.NEVER,
            "The database %s is in memory, where no other connection sees it, a message agent's neither. Nothing was done. Use a database in a file."),

    /** Cause: a file of SQLite in which readers keep writers waiting, and that cannot be told otherwise now. */
    SQLITE_WITHOUT_WAL("WB209", Retry.LATER,
            "The SQLite database %s cannot be put into WAL mode: its journal mode stays %s. No message agent works on it; what is committed is kept. Say PRAGMA journal_mode = WAL while nobody else uses the file, on a local disk."),

    /** Cause: a schema named waybill that is not ours. */
    CATALOGUE_FOREIGN("WB203", Retry.NEVER,
            "The schema %s is there, but it holds %s, which is not of Waybill. Nothing was changed. Rename or drop that schema, then install again."),

    // ---- predicate: conditions on rows ----

    /** Cause: a condition that databases decide in different ways, or that compares what does not belong together. */
    CONDITION_REFUSED("0A000", Retry.NEVER,
            "The condition %s cannot be decided exactly (position %s): %s. Nothing was done. %s."),

    // ---- statement: the SQL that is ours ----

    /** Cause: a statement that begins like one of ours but is not one. */
    STATEMENT_SYNTAX("42601", Retry.NEVER,
            "The statement is not understood at position %s, near \"%s\": expected %s. Nothing was done. Correct the statement; its full form is: %s"),

    // ---- publication: the catalogue ----

    /** Cause: a catalogue statement inside a transaction that has already written. */
    CATALOGUE_IN_TRANSACTION("25001", Retry.NEVER,
            "%s changes the catalogue, but this transaction has already written. Nothing was done, the transaction is still open. Commit or roll back first, then say it again."),

    /** Cause: the catalogue was made by a newer version of the program. */
    CATALOGUE_TOO_NEW("WB101", Retry.NEVER,
            "The catalogue has format %s, this program knows up to format %s. The database was left untouched. Use the newer program."),

    /** Cause: the catalogue was made by an older version of the program, and other processes may be at work on it. */
    CATALOGUE_TOO_OLD("WB105", Retry.NEVER,
            "The catalogue has format %s, this program works with format %s. Nothing was done. Bring it up to date with ./waybill install JDBC-URL, as a user who may change tables, when all programs on this database are of the newer version: older ones refuse it then."),

    /** Cause: the catalogue changed all the time while it was read. */
    CATALOGUE_CHANGING("WB102", Retry.LATER,
            "The catalogue changed while it was read, %s times in a row. Nothing was done. Try again."),

    /** Cause: a definition in the catalogue's tables was changed by hand or is damaged. */
    CATALOGUE_DAMAGED("WB103", Retry.NEVER,
            "An article in the catalogue cannot be read: %s. Nothing was done. Restore the catalogue's tables from the backup of the database."),

    /** Cause: a table was written before it was published, by a transaction that ends after. */
    WRITTEN_BEFORE_PUBLISHED("40001", Retry.TRANSACTION,
            "Table %s was published, or with more columns, after this transaction had written it. The transaction was rolled back, so that no change is missed. Run it again."),

    /** Cause: transactions of other sessions that wrote the tables of a publication, perhaps before they could know of it, do not end. */
    WRITERS_ELSEWHERE("55P03", Retry.LATER,
            "%s has to wait for the transactions %s, which wrote tables of publication %s and did not end within %s seconds. Nothing was done. Say it again when they have ended; pg_stat_activity shows whose they are."),

    /** Cause: START or SYNCHRONIZE while transactions run that began before the publication did. */
    WRITERS_REMAIN("55006", Retry.LATER,
            "%s cannot be done yet: %s connections write in transactions that began before publication %s came into force, and did not end within %s seconds. Nothing was done. Commit or roll back there, then say it again."),

    /** Cause: what is captured would change while writers run that this process does not see. */
    OUTSIDE_DATABASE("55006", Retry.LATER,
            "%s cannot be done while %s sessions of other processes are connected to this database, since it is not known what they are writing. Nothing was done. "
                    + "Say it in the process that has the database open, while nobody is connected through a server."),

    /** Cause: the same, noticed after the commit, and the publication could not be taken back. */
    PUBLISHED_UNSEEN("55006", Retry.NEVER,
            "While %s was carried out, a session of another process connected to this database, and it may not know of it; taking it back failed: %s The publication is in force, but what that session writes may not be captured. "
                    + "Disconnect other processes, drop the publication, and create it anew."),

    /** Cause: a catalogue statement before GRANT PUBLISH. */
    PUBLISHER_MISSING("WB104", Retry.NEVER,
            "This database has no publisher, the name under which it takes part. Nothing was done. Say GRANT PUBLISH TO name first."),

    /** Cause: GRANT PUBLISH a second time. */
    PUBLISHER_EXISTS("42710", Retry.NEVER,
            "This database already has the publisher %s. Nothing was done. To give it another name say REVOKE PUBLISH first; others know it by the old one."),

    /** Cause: REVOKE PUBLISH without a publisher, or from another name. */
    PUBLISHER_UNKNOWN("42704", Retry.NEVER,
            "There is no publisher \"%s\" to revoke; the publisher is %s. Nothing was done. Correct the name."),

    /** Cause: a name that cannot travel in messages and file names. */
    NAME_NOT_ALLOWED("42602", Retry.NEVER,
            "The name \"%s\" cannot be used. Nothing was done. Use 1 to 128 of the letters a to z, digits, _ - and . beginning with a letter or digit; put it in double quotes for capitals, - and ."),

    /** Cause: one name for two databases. */
    NAME_TAKEN("42710", Retry.NEVER,
            "The name %s is already that of %s; names that differ only in capitals are the same. Nothing was done. Use another name."),

    /** Cause: a remote user or consolidated database that was never granted. */
    USER_UNKNOWN("42704", Retry.NEVER,
            "There is no %s %s; known are: %s. Nothing was done. Say GRANT REMOTE TO … or GRANT CONSOLIDATE TO … first, or correct the name."),

    /** Cause: a second database above. */
    CONSOLIDATED_EXISTS("42710", Retry.NEVER,
            "The database above this one is %s already, and there can be only one. Nothing was done. Say REVOKE CONSOLIDATE FROM it first."),

    /** Cause: a message type that was never created. */
    MESSAGE_TYPE_UNKNOWN("42704", Retry.NEVER,
            "There is no message type %1$s. Nothing was done. Say CREATE REMOTE MESSAGE TYPE %1$s ADDRESS 'own address' first."),

    /** Cause: DROP of a message type by which somebody is reached. */
    MESSAGE_TYPE_IN_USE("2BP01", Retry.NEVER,
            "Message type %s is the one by which %s is reached. Nothing was done. Grant that one another type, or revoke it first."),

    /** Cause: CONFLICT RESOLVER with a class that is not there, or is no resolver. */
    CONFLICT_RESOLVER("42883", Retry.NEVER,
            "The conflict resolver %s could not be made: %s. Nothing of the transaction was applied. Put the class, with a public constructor without parameters, beside the agent, or name another one."),

    /** Cause: a resolver, or a statement of CONFLICT CALL, that gave no answer which can be used. */
    CONFLICT_UNRESOLVED("45000", Retry.NEVER,
            "The conflict %s in table %s was not resolved by %s: %s. Nothing of the transaction was applied. Mend the resolver, or give the article another policy."),

    /** Cause: a publication that does not exist. */
    PUBLICATION_UNKNOWN("42704", Retry.NEVER,
            "There is no publication %s; known are: %s. Nothing was done. Correct the name, or say CREATE PUBLICATION first."),

    /** Cause: CREATE PUBLICATION under a name in use. */
    PUBLICATION_EXISTS("42710", Retry.NEVER,
            "There is a publication %s already. Nothing was done. Use another name, say ALTER PUBLICATION, or say DROP PUBLICATION first."),

    /** Cause: ALTER PUBLICATION while somebody gets it. */
    PUBLICATION_IN_USE("55006", Retry.NEVER,
            "Publication %1$s cannot be altered while %2$s gets it (his subscription is %3$s): he would get changes of rows that he never got. Nothing was done. "
                    + "Say STOP SUBSCRIPTION TO %1$s FOR %2$s, alter, then SYNCHRONIZE SUBSCRIPTION TO %1$s FOR %2$s."),

    /** Cause: a table that does not exist. */
    TABLE_UNKNOWN("42S02", Retry.NEVER,
            "There is no table %s. Nothing was done. Correct the name; one that was created in quotes must be written in quotes, one of another schema with its schema."),

    /** Cause: a view, a temporary table, a table of ours. */
    TABLE_NOT_PUBLISHABLE("42809", Retry.NEVER,
            "%s cannot be published: %s. Nothing was done. Publish the ordinary tables that it stands for."),

    /** Cause: waybill.capture=complete on a database whose triggers cannot capture exactly. */
    CAPTURE_NOT_OFFERED("0A000", Retry.NEVER,
            "Complete capture was asked for (waybill.capture=complete), and there is none for %s. Nothing was done. Leave waybill.capture at driver, and let all programs that write to published tables use this driver."),

    /** Cause: a published table of a kind whose changes triggers do not see whole. */
    CAPTURE_IMPOSSIBLE("0A000", Retry.NEVER,
            "Table %s cannot be captured completely: %s. Nothing was done. Publish it without that, or let the driver capture (waybill.capture=driver in a database without publications)."),

    /** Cause: writers of a table that do not end, while its triggers have to be made, changed or removed. */
    CAPTURE_BUSY("55P03", Retry.LATER,
            "The triggers of complete capture on table %s have to wait for those who write to it, and these did not end within %s. Nothing was done. Say it again when their transactions have ended, or raise waybill.wait."),

    /** Cause: a column that does not exist. */
    COLUMN_UNKNOWN("42S22", Retry.NEVER,
            "There is no column %s in table %s; its columns are: %s. Nothing was done. Correct the name; one that was created in quotes must be written in quotes."),

    /** Cause: a column named twice in an article. */
    COLUMN_TWICE("42701", Retry.NEVER,
            "Column %s of table %s is named twice. Nothing was done. Name it once."),

    /** Cause: a table twice in one publication. */
    ARTICLE_EXISTS("42710", Retry.NEVER,
            "Table %s is in publication %s already. Nothing was done. Name it once."),

    /** Cause: ALTER PUBLICATION DROP TABLE of a table that is not in it. */
    ARTICLE_UNKNOWN("42704", Retry.NEVER,
            "Table %s is not in publication %s. Nothing was done. Correct the name."),

    /** Cause: ALTER PUBLICATION DROP TABLE of the last table. */
    ARTICLE_LAST("55000", Retry.NEVER,
            "Table %s is the last one of publication %s. Nothing was done. Say DROP PUBLICATION instead."),

    /** Cause: two publications of one subscriber choose rows or columns of one table in different ways. */
    ARTICLES_DIFFER("0A000", Retry.NEVER,
            "Subscriber %s would get table %s by publications %s and %s, which choose rows and not the same columns. Nothing was done. Give both articles the same columns, or publish the table in one of them."),

    /** Cause: SUBSCRIBE BY of another table that cannot be followed. */
    AUDIENCE_REFUSED("0A000", Retry.NEVER,
            "Who gets the rows of table %s cannot be followed: %s. Nothing was done. %s."),

    /** Cause: a table that decides who gets other rows was written in a way that does not tell what its rows were. */
    AUDIENCE_UNKNOWN("0A000", Retry.NEVER,
            "Table %s decides who gets rows of other tables, and %s. The statement is not recorded, and its transaction can only be rolled back. Say INSERT, UPDATE and DELETE in its place."),

    /** Cause: a change of rows that go where another table says, in a transaction that does not see what is committed meanwhile. */
    AUDIENCE_ISOLATION("25001", Retry.NEVER,
            "The transaction has isolation level %s, in which it may not see who gets the rows that it writes, since other transactions decide about that, too. The statement is not recorded, and its transaction can only be rolled back. "
                    + "Run it at READ COMMITTED."),

    /** Cause: one statement that changes too many rows whose audience another table decides. */
    AUDIENCE_TOO_MANY("54000", Retry.NEVER,
            "One statement has changed more than %s rows that go where another table says, or of such a table. It is not recorded, and its transaction can only be rolled back. Change fewer rows by each statement."),

    /** Cause: ALTER PUBLICATION DROP TABLE of one that others follow. */
    ARTICLE_FOLLOWED("55000", Retry.NEVER,
            "Table %s cannot leave publication %s: rows of table %s follow it. Nothing was done. Take that one out first."),

    /** Cause: an entry was captured without the columns of a condition that was in force. */
    ENTRY_INCOMPLETE("WB310", Retry.NEVER,
            "%s of table %s was captured without what a publication's condition looks at. Nothing is sent to subscribers who get the table by a condition. Report this as a defect of Waybill; SYNCHRONIZE SUBSCRIPTION goes on from the present rows."),

    /** Cause: a column of large objects is published in a database where triggers capture: they see numbers, and nothing of what is written into an object. */
    OBJECTS_WITH_TRIGGERS("0A000", Retry.NEVER,
            "Column %s of table %s has large objects, which triggers cannot capture, and waybill.capture is complete here. Nothing was done. Name the other columns of the table in the publication, or keep the values as bytea."),

    /** Cause: WHERE where triggers capture, or the other way round. */
    CONDITION_WITH_TRIGGERS("0A000", Retry.NEVER,
            "Publication %s chooses rows by a condition, which cannot be combined with waybill.capture=complete. Nothing was done. Leave the condition out, or let the driver capture."),

    /** Cause: a subscription value for a publication without SUBSCRIBE BY. */
    SUBSCRIPTION_VALUE("42809", Retry.NEVER,
            "Publication %s has no SUBSCRIBE BY, so a subscription cannot have the value '%s'. Nothing was done. Leave the value out."),

    /** Cause: a subscription without a value for a publication with SUBSCRIBE BY. */
    SUBSCRIPTION_WITHOUT_VALUE("42809", Retry.NEVER,
            "Publication %1$s has SUBSCRIBE BY %2$s, so the subscription of %3$s has to have a value. Nothing was done. Say CREATE SUBSCRIPTION TO %1$s ('value') FOR %3$s, with the value that his rows have there."),

    /** Cause: CREATE SUBSCRIPTION a second time. */
    SUBSCRIPTION_EXISTS("42710", Retry.NEVER,
            "There is a subscription to %s for %s already. Nothing was done. Say START or SYNCHRONIZE SUBSCRIPTION, or drop it first."),

    /** Cause: a subscription that was never created. */
    SUBSCRIPTION_UNKNOWN("42704", Retry.NEVER,
            "%1$s has no subscription to %2$s. Nothing was done. Say CREATE SUBSCRIPTION TO %2$s FOR %1$s first, or correct the names."),

    /** Cause: START of what is started, STOP of what is not. */
    SUBSCRIPTION_STATE("55000", Retry.NEVER,
            "The subscription of %s to %s is %s, and %s is for those that are one of %s. Nothing was done. SELECT state FROM waybill.subscription shows them all."),

    /** Cause: SYNCHRONIZE for the database above. */
    SYNCHRONIZE_UPWARD("0A000", Retry.NEVER,
            "%s is the database above this one, and SYNCHRONIZE would replace its content with ours. Nothing was done. Say START SUBSCRIPTION TO %s FOR %s when both ends agree."),

    /** Cause: RESYNC of the consolidated database, whose content it would replace. */
    PEER_UPWARD("WB760", Retry.NEVER,
            "%s is the consolidated database: nothing here may replace its content. Nothing was done. To give up what it has not confirmed and go on from now, say: waybill peer JDBC-URL reset %1$s."),

    /** Cause: the peer has applied what this journal does not have. */
    PEER_SPLIT("WB761", Retry.NEVER,
            "The exchange with %s is in split history: it has applied what this database does not have. Nothing was done. Restore the right copy, or give this database a new incarnation (waybill peer JDBC-URL renew) and let its neighbours adopt it."),

    /** Cause: an offset that is not that of a COMMIT, or not between where the stream began and where it is. */
    PEER_OFFSET("WB762", Retry.NEVER,
            "Offset %s is not a COMMIT that was sent to %s in its present stream (from %s to %s) and is still in the journal. Nothing was done. Leave it out to send again what is not confirmed."),

    /** Cause: there is no transaction to be skipped. */
    PEER_NOT_HALTED("WB763", Retry.NEVER,
            "What comes from %s is not halted, but %s. Nothing was done. A transaction is skipped when the stream halts at it; what is parked is in waybill dead-letters."),

    /** Cause: no other incarnation has been heard under this name. */
    PEER_NOT_HEARD("WB764", Retry.NEVER,
            "No other database has been heard under the name %s, only incarnation %s. Nothing was done. Wait until its first message is here, or name its incarnation: it is in its waybill status."),

    // ---- aftercommit: jobs and replica properties ----

    /** Cause: as many jobs as one database keeps wait to be run. */
    JOBS_FULL("WB801", Retry.LATER,
            "%s after-commit jobs wait in this database already. This one was not defined, the transaction is still open. See in waybill.after_commit_job what they wait for: an agent that runs, or RESUME AFTER COMMIT."),

    /** Cause: CANCEL of a job that has begun, has ended, or was never there. */
    JOB_NOT_WAITING("WB802", Retry.NEVER,
            "After-commit job %s does not wait: it is %s. Nothing was done. Only a job that is DEFINED or PENDING can be cancelled."),

    /** Cause: a job defined by another user than the agent's: it would run with more rights than whoever defined it has. */
    JOB_DEFINER("WB803", Retry.NEVER,
            "After-commit job %s was defined by the database user %s, and the message agent works as another one. It was not run, for it would have had that one's rights. Define it as the agent's user, or let an agent work as the definer."),

    /** Cause: agents that ended while they ran this job. */
    JOB_INTERRUPTED("WB804", Retry.NEVER,
            "After-commit job %s was interrupted in its attempt %s, as its message agent ended. What it had done by then may stand. Look for what ends the agent, and define the job again."),

    /** Cause: a TRANSIENT job whose agent ended. */
    JOB_LOST("WB805", Retry.NEVER,
            "The TRANSIENT after-commit job %s was given up when the message agent that had it ended. What it had done by then may stand. Leave TRANSIENT out for a job that is to outlive its agent."),

    /** Cause: a statement of START AFTER COMMIT that failed, as often as it was to be tried. */
    JOB_FAILED("WB807", Retry.NEVER,
            "The after-commit job %s%s has failed: %s. It is not tried again. Look at SELECT * FROM waybill.after_commit_job, and define it anew when the cause is gone."),

    /** Cause: SET SYNC PROPERTY of the property that every replica has. */
    PROPERTY_IMPLICIT("WB806", Retry.NEVER,
            "The property name of %s is its name. Nothing was done. Give the property another name."),

    // ---- passthrough: statements for others ----

    /** Cause: PASSTHROUGH by a way that has no connection of the driver's. */
    PASSTHROUGH_NO_MODE("WB820", Retry.NEVER,
            "PASSTHROUGH says what becomes of the statements that follow on the same connection. Nothing was done. Say it on a connection of the driver's: jdbc:waybill:…"),

    /** Cause: PASSTHROUGH for somebody who is not below, or gets nothing. */
    PASSTHROUGH_RECIPIENT("WB821", Retry.NEVER,
            "PASSTHROUGH cannot be for %s: %s. Nothing was done, the connection is as it was. Name remote users below this database that have a subscription which was started."),

    /** Cause: a statement that cannot be passed on as a text. */
    PASSTHROUGH_REFUSED("WB822", Retry.NEVER,
            "The statement cannot be passed on: %s. It was neither executed here nor recorded for others. Say it in another way, or PASSTHROUGH STOP first."),

    /** Cause: DDL and changes of rows in one transaction of PASSTHROUGH. */
    PASSTHROUGH_MIXED("WB823", Retry.NEVER,
            "A transaction with a statement of PASSTHROUGH that may commit by itself elsewhere (DDL, CALL) cannot have changes of rows beside it, since others could not execute it as a whole. Nothing of the transaction is committed. "
            + "Roll back, and commit before and behind such statements."),

    /** Cause: a statement of PASSTHROUGH that commits by itself here was interrupted, or another connection executes one now. */
    PASSTHROUGH_OPEN("WB824", Retry.NEVER,
            "The statement \"%s\" of PASSTHROUGH was begun here at %s and has not ended: %s. Nothing was done now. If nobody executes it any more: ./waybill passthrough JDBC-URL, which says how to go on."),

    /** Cause: a received statement fails here. */
    PASSTHROUGH_FAILED("WB825", Retry.NEVER,
            "The statement \"%s\" of PASSTHROUGH (transaction %s of %s) fails here: %s. Nothing of it was done, it is kept and tried again. Remove what hinders it; or let what cannot be applied be put aside (POISON PARK or SKIP)."),

    /** Cause: an agent was killed while it executed a statement that commits by itself. */
    PASSTHROUGH_UNKNOWN("WB826", Retry.NEVER,
            "The statement \"%s\" of PASSTHROUGH (transaction %s of %s) was begun here at %s and interrupted, and whether it was executed cannot be known: %s. It is not executed again by itself, nothing after it is applied. "
            + "Look, and say ./waybill passthrough JDBC-URL done NAME, or again NAME."),

    /** Cause: a received statement would change rows that travel on from here. */
    PASSTHROUGH_PUBLISHED("WB827", Retry.NEVER,
            "The statement \"%s\" of PASSTHROUGH (transaction %s of %s) names the table %s, which this database publishes: what it changes would not travel on. It was not executed, it is kept and tried again. Change those rows by ordinary statements at %3$s."),

    /** Cause: a statement of PASSTHROUGH came by a way on which anybody may say anything. */
    PASSTHROUGH_UNSIGNED("WB828", Retry.NEVER,
            "%s sent, at offset %s, a statement to be executed here, by a way on which messages need not be signed. It was not executed, nothing after it is applied. SET REMOTE %s OPTION signature = 'required' here, or, where nobody else can write to that way, "
            + "passthrough = 'unsigned'."),

    /** Cause: the command names no statement that was interrupted. */
    PASSTHROUGH_NOTHING_OPEN("WB829", Retry.NEVER,
            "No statement of PASSTHROUGH from %s waits for a word here. Nothing was done. See the list: ./waybill passthrough JDBC-URL."),

    // ---- notify: push requests and notifiers ----

    /** Cause: a request_cursor that returns neither what a gateway needs nor what a poller finds. */
    NOTIFIER_COLUMNS("WB850", Retry.NEVER,
            "The request_cursor of notifier %s returns %s columns. No request was looked at, those sent before stay as they are. Return, in this order, request id, gateway, subject, content, address, and if wanted resend interval and time to live; or poll key, subject and content for pollers."),

    /** Cause: a property that names a class which is not there, or is no handler. */
    NOTIFIER_HANDLER("WB851", Retry.NEVER,
            "The class %s, named by notifier %s, cannot be used: %s. The event was not carried out. Name a public class that implements dev.waybill.notify.NotifierHandler, with a constructor without parameters, on the class path of the agent."),

    /** Cause: the agent of this notifier lost the lease, or ended. */
    NOTIFIER_ENDED("WB852", Retry.LATER,
            "Notifier %s works elsewhere now, or its agent has ended. Nothing more is sent by this one. Nothing needs to be done: whoever has the lease goes on by what is on record."),

    // ---- call: what neighbours ask of one another ----

    /** Cause: a name that is no neighbour's, or DEFAULT in a database with none above it. */
    CALL_NODE("08001", Retry.NEVER,
            "%s is no neighbour of this database. Nothing was asked. Name a remote user or the consolidated database, or GRANT REMOTE or GRANT CONSOLIDATE to it first."),

    /** Cause: the other end, its agent, ours or the way between them is slow or away. */
    CALL_TIMEOUT("HYT00", Retry.LATER,
            "%s did not answer %s within %s ms. Whether it was done there is not known; nothing of it is left here. Try again if it may be done twice; see that an agent works at both ends and that messages get through."),

    /** Cause: what was asked for was sent, but the agent here was stopped, halted or slow. */
    REFRESH_TIMEOUT("HYT00", Retry.LATER,
            "The refresh of %s reached %s, which has sent everything up to offset %s, but only %s was applied here in time. What is under way is applied all the same. Wait, or look at SELECT * FROM waybill.remote_user here."),

    /** Cause: the asked database was restored from an older copy. */
    REFRESH_BEYOND("WB817", Retry.NEVER,
            "%s asks for everything up to offset %s, but the journal here ends at %s. Nothing was sent. This database was restored from an older copy: see docs/backup.md."),

    /** Cause: bytes of another version of the program, or a defect. */
    CALL_UNREADABLE("WB810", Retry.NEVER,
            "What %s answered cannot be read: %s. Whether it was done there is not known. Use programs of one version at both ends."),

    /** Cause: arguments or results beyond what one message carries. */
    CALL_TOO_LARGE("54000", Retry.NEVER,
            "%s of a call has %s bytes or rows, %s are the most. It was not sent. Write rows to a published table and let these travel instead."),

    /** Cause: a name that was never registered, or dropped. */
    PROCEDURE_UNKNOWN("42883", Retry.NEVER,
            "There is no remote procedure %s here. Nothing was done. Say CREATE REMOTE PROCEDURE first, or correct the name."),

    /** Cause: CREATE REMOTE PROCEDURE under a name in use. */
    PROCEDURE_EXISTS("42723", Retry.NEVER,
            "There is a remote procedure %s already. Nothing was done. Drop it first, or take another name."),

    /** Cause: the neighbour was not given the right. */
    CALL_DENIED("42501", Retry.NEVER,
            "%s may not %s here. Nothing was done. If it may, say GRANT %s TO %s here."),

    /** Cause: a request that was long under way, or clocks that differ. */
    CALL_LATE("WB811", Retry.NEVER,
            "The request was said at %s by the clock of %s, and it is %s here. It was not done, since nobody can tell any more whether it was done before. Ask again; if this comes at once, set the clocks right."),

    /** Cause: the agent there ended while the procedure ran. */
    CALL_INTERRUPTED("WB812", Retry.NEVER,
            "The message agent there ended while procedure %s ran. Whether it was done is not known; it is not begun again. Look there, and call again if it may be done twice."),

    /** Cause: more calls of one neighbour than are kept. */
    CALL_FULL("WB813", Retry.LATER,
            "%s requests of %s are being done or kept here already. This one was not done. Try again later."),

    /** Cause: a class that is not on the class path of the agent's process, or is no RemoteProcedure. */
    PROCEDURE_CLASS("WB814", Retry.NEVER,
            "The class %s cannot be used as a remote procedure (%s). Nothing was done. Put it on the class path of the process in which the agent works, of the kind that is wanted (RemoteProcedure, TransactionValidator), with a public constructor without parameters."),

    /** Cause: an agent that leaves statements to another one. */
    CALL_NOT_HERE("WB815", Retry.LATER,
            "The message agent there was opened without connections for statements. Nothing was done. Let ./waybill agent or the agent beside the application work there."),

    /** Cause: a user for whom nobody said where his password is. */
    SYNC_USER_UNKNOWN("42704", Retry.NEVER,
            "There is no sync user %s. Nothing was done. Say CREATE SYNC USER for him first."),

    /** Cause: a password instead of a reference to one, or a reference that leads nowhere. */
    SYNC_USER_SECRET("WB816", Retry.NEVER,
            "The password of sync user %s cannot be taken: %s. Nothing was done. Say PASSWORD 'file:/path' with the path of a file that has it."),

    /** Cause: a statement that may end its transaction. */
    SAVE_REFUSED("WB820", Retry.NEVER,
            "\"%s\" cannot be part of a saved transaction, which the database above carries out as a whole. It was not saved. Save INSERT, UPDATE, DELETE, MERGE, REPLACE, SELECT, WITH or CALL."),

    /** Cause: an agent that does not run, a database above that is away, a transaction that stops the others. */
    SAVE_FULL("WB821", Retry.LATER,
            "%s saved transactions wait in this database already. This one was not saved, the transaction is still open. See in waybill.tentative_transaction what they wait for."),

    /** Cause: a number that is not there, or one that was judged. */
    SAVE_NOT_WAITING("WB822", Retry.NEVER,
            "Saved transaction %s cannot be %s: it is %s. Nothing was done. Look at SELECT * FROM waybill.tentative_transaction."),

    /** Cause: SQLite has one writer, and this transaction is it. */
    CALL_IN_TRANSACTION("25001", Retry.NEVER,
            "A neighbour cannot be asked while this transaction has written: the request needs a transaction of its own, and this database has one writer at a time. Nothing was asked. Commit or roll back first."),

    // ---- driver: the front door and the proxies ----

    /** Cause: {@code jdbc:waybill:X} where no loaded driver accepts {@code jdbc:X}. */
    DRIVER_MISSING("08001", Retry.NEVER,
            "No JDBC driver accepts the URL \"%s\" that follows the prefix jdbc:waybill:. No connection was made. Put the database's driver on the class path (%s), or correct the URL."),

    /** Cause: {@code jdbc:waybill:waybill:X}, which would capture every change twice. */
    URL_NESTED("08001", Retry.NEVER,
            "The URL \"%s\" has the prefix jdbc:waybill: twice. No connection was made. Write it once."),

    /** Cause: a data source without a URL, or with one that is not ours. */
    URL_REFUSED("08001", Retry.NEVER,
            "The data source has the URL \"%s\". No connection was made. Give it one that begins with jdbc:waybill:, as in jdbc:waybill:h2:./orders"),

    /** Cause: a name that begins with {@code waybill.} and is no setting: most often a misspelt one. */
    SETTING_UNKNOWN("WB001", Retry.NEVER,
            "There is no setting \"%s\". No connection was made. Use one of these: %s"),

    /** Cause: a setting with a text that is not understood. */
    SETTING_VALUE("WB002", Retry.NEVER,
            "The setting %s has the value \"%s\". No connection was made. Give it one of these: %s"),

    /** Cause: the file named by {@code waybill.file} cannot be read. */
    SETTINGS_FILE("WB003", Retry.NEVER,
            "The file of settings \"%s\" cannot be read: %s. No connection was made. Correct waybill.file, or remove the setting."),

    /** Cause: {@code unwrap} to a class of the real driver. */
    UNWRAP_REFUSED("WB004", Retry.NEVER,
            "unwrap to %s would hand out an object of the real driver, whose changes could not be captured. It was not handed out. Ask for an interface, or set waybill.unwrap=allow."),

    /** Cause: the real driver would execute a text given to a prepared statement; JDBC forbids this. */
    TEXT_ON_PREPARED("0A000", Retry.NEVER,
            "A prepared statement was given a text to execute. Nothing was executed. Use Connection.createStatement for it."),

    /** Cause: two class loaders have this driver each, over one copy of the embedded database, as two applications of a servlet container that bring the driver along while the database's is shared. */
    COPY_BESIDE("WB005", Retry.NEVER,
            "Another copy of this driver, in another class loader of this process, has connections to this embedded database, and the two could not hear of one another. No connection was made. Put the driver beside the database's, "
            + "where both applications see it, or close the other one's connections."),

    /** Cause: a data source for distributed transactions, of a product whose own is not known, or cannot be made. */
    XA_UNKNOWN("0A000", Retry.NEVER,
            "The real driver of \"%s\" has no data source for distributed transactions that is known here (%s). No connection was made. Use one of these products with its own driver, or WaybillDataSource without distributed transactions."),

    /** Cause: the end of the transaction is the transaction manager's. */
    XA_ACTIVE("2D000", Retry.NEVER,
            "%s was called while a branch of a distributed transaction is open on the connection. Nothing was done, the branch is still open. Let the transaction manager end it."),

    /** Cause: a handle that was closed, or replaced by another one of the same connection. */
    XA_HANDLE_CLOSED("08003", Retry.NEVER,
            "This handle of the connection is closed. Nothing was done. Ask the XAConnection, or the pool, for another one."),

    // ---- capture: what is written becomes changes ----

    /** Cause: a statement that may write to a published table in a way that cannot be captured exactly. */
    UNCAPTURED("WB401", Retry.NEVER,
            "The statement may write to a published table, but what it writes cannot be captured: %s. It was not executed. Write it another way, or set waybill.uncaptured to warn or allow and replicate the effect yourself."),

    /** Cause: a definition that would take a published table away from the stream. */
    PUBLISHED_SHAPE("WB402", Retry.NEVER,
            "%s would change what replicas know of table %s, which is published. It was not executed. Drop the table from its publications first, and publish it again afterwards."),

    /** Cause: a statement of an application that would change the catalogue's tables, or drop them. */
    OWN_TABLE("WB405", Retry.NEVER,
            "%s would change %s, which is Waybill's own: what is captured could be lost, or applied twice. It was not executed. Use the statements and commands for it (./waybill uninstall removes everything), or the bare driver where an error told you to."),

    /** Cause: a prepared statement from before its table was published. */
    PREPARED_BEFORE_PUBLISHED("40001", Retry.TRANSACTION,
            "The catalogue has changed since this statement was prepared. It was not executed. Roll back, prepare it again, and run the transaction again."),

    /** A prepared statement whose names mean other tables now. */
    PREPARED_BEFORE_NAMES("WB404", Retry.NEVER,
            "The current schema has changed since this statement was prepared, and its names mean other tables now. It was not executed. Prepare it again, or write the schema with the table's name."),

    /** Cause: other sessions kept changing the rows that a statement was about to change. */
    ROWS_MOVED("40001", Retry.TRANSACTION,
            "The rows that the statement on table %s changes were changed by others while it ran, %s times. Its effects were undone. Roll back and run the transaction again."),

    /** Cause: rolling back to a savepoint that was set after one to which the transaction has been rolled back since. */
    SAVEPOINT_GONE("3B001", Retry.NEVER,
            "Savepoint %s was set after one to which this transaction has been rolled back, so it is no more. Nothing was rolled back now. Roll back to an earlier savepoint."),

    /** Cause: a large object of a published row was removed, and the row was left. */
    OBJECT_REMOVED("WB406", Retry.NEVER,
            "Large object %s was removed in this transaction, and a row of %s, which is published, still refers to it. The transaction was rolled back. Let the row refer to another object, or to none, or delete it."),

    /** Cause: a large object of a published row was written at REPEATABLE READ or SERIALIZABLE, where what others have written into it is not seen. */
    OBJECT_IN_PLACE("WB407", Retry.NEVER,
            "Large object %s, which may belong to a published row, was written in place at an isolation level above READ COMMITTED. The transaction was rolled back. Write at READ COMMITTED, or make another object and let the row refer to it."),

    /** Cause: a row was changed but its change could not be recorded. */
    CAPTURE_FAILED("WB403", Retry.NEVER,
            "A change of this transaction could not be recorded: %s. The transaction cannot be committed. Roll it back, see to the cause, and run it again.");

    private enum Retry { NEVER, LATER, TRANSACTION }

    private final String sqlState;
    private final Retry retry;
    private final String text;

    WaybillError(String sqlState, Retry retry, String text) {
        this.sqlState = sqlState;
        this.retry = retry;
        this.text = text;
    }

    /** The SQLState, five characters. */
    public String sqlState() {
        return sqlState;
    }

    /** The exception with these values in its text; never null, never thrown from here. */
    public SQLException with(Object... values) {
        String message = name() + ": " + String.format(Locale.ROOT, text, values);
        return switch (retry) {
            case LATER -> new SQLTransientException(message, sqlState);
            case TRANSACTION -> new SQLTransactionRollbackException(message, sqlState);
            case NEVER -> switch (sqlState.substring(0, 2)) {
                case "0A" -> new SQLFeatureNotSupportedException(message, sqlState);
                case "42" -> new SQLSyntaxErrorException(message, sqlState);
                default -> new SQLNonTransientException(message, sqlState);
            };
        };
    }

    /** As {@link #with}, with the cause attached. */
    public SQLException because(Throwable cause, Object... values) {
        SQLException exception = with(values);
        exception.initCause(cause);
        return exception;
    }

    /** Whether this exception is one of this kind. */
    public boolean is(SQLException exception) {
        String message = exception.getMessage();
        return message != null && message.startsWith(name() + ": ");
    }
}

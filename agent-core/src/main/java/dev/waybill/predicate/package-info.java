// SPDX-License-Identifier: Apache-2.0
/**
 * Conditions on rows, as {@code WHERE} of an article has them: read, checked, and decided on row images outside of the database.
 *
 * <p><b>Guarantee.</b> A condition that is accepted is decided as the database itself decides it, by three-valued logic, for every row; one of which that is not certain is refused, with its position and what to do instead. Snapshots,
 * and the filter of each subscriber, ask the same code: what a subscriber has and what he is sent can never disagree.
 *
 * <p><b>How.</b>
 * <pre>
 *   text ─► ConditionScanner, ConditionParser ─► {@link dev.waybill.predicate.Condition}, well formed ─► resolved({@link dev.waybill.predicate.Columns}): columns found, types and collations checked
 *                                                     │ its text and {@link dev.waybill.predicate.Watched} (types and rules of its columns) are kept in the catalogue, for all time
 *   row image ─► {@link dev.waybill.predicate.RowCondition} ─► TRUE, FALSE or UNKNOWN; only TRUE belongs
 *
 *   condition := all (OR all)*          all := not (AND not)*          not := NOT not | predicate
 *   predicate := value (= &lt;&gt; != &lt; &lt;= &gt; &gt;=) value | value [NOT] IN (value, …) | value [NOT] BETWEEN value AND value | column [NOT] LIKE 'pattern' [ESCAPE 'c'] | value IS [NOT] NULL | column | (condition)
 *   value     := column | number | 'text' | TRUE | FALSE | DATE '…' | TIME '…' | TIMESTAMP '…' | value (+ - *) value | - value | (value)
 * </pre>
 *
 * <p><b>What is certain.</b> Numbers are compared exactly, whole and decimal alike; sums and products have no limit. Text is compared as {@link dev.waybill.predicate.TextRule} of its column says, which the dialect finds out when the
 * condition is made: whether spaces at the end count, by what texts are ordered, whether LIKE is exact. Values of different kinds are never compared.
 *
 * <p><b>What is refused</b>, because products differ or nobody can tell from outside: text whose collation takes different texts for equal, or &lt; and &gt; by a language's order; REAL and DOUBLE, times with a zone, enumerations but for
 * IS NULL; whatever may be long (CLOB, BLOB, JSON, arrays); {@code /} and {@code ||}; a backslash in a pattern without ESCAPE; LIKE on CHAR, on SQLite and on HSQLDB; IN on CHAR; functions, CASE, subqueries, parameters, NULL as a value.
 *
 * <p><b>Decisions.</b>
 * <ul>
 *   <li>The scanner is its own: what a condition may be written with is the same on every product, and the lexer of {@code statement} cuts texts as a product does.
 *   <li>Types and rules are kept with the condition: if a collation is altered later, entries that are there already mean what they meant.
 *   <li>A condition has at most 4,000 characters, 100 levels and 100 signs that count.
 * </ul>
 *
 * <p><b>Rejected.</b> Asking the database for each row whether it belongs (entries are filtered later than they are written, and rows are gone by then); giving the condition to the database for snapshots alone (two answers to one
 * question, which need only differ once); comparing in Java whatever it is and calling that the meaning (a replica would miss rows that the same text finds in SQL).
 */
package dev.waybill.predicate;

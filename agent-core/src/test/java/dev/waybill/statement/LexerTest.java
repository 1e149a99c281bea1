// SPDX-License-Identifier: Apache-2.0
package dev.waybill.statement;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.h2.engine.CastDataProvider;
import org.h2.jdbc.JdbcConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LexerTest {

    private static Connection database;

    @BeforeContainer
    static void open() throws Exception {
        database = DriverManager.getConnection("jdbc:h2:mem:");
    }

    @AfterContainer
    static void close() throws Exception {
        database.close();
    }

    @Test
    void tokensAreCutAndCommentsSkipped() {
        assertThat(texts("INSERT /* a /* b */ ; */ INTO s.\"T\"\"1\"(`x`) // c\n VALUES (?1, 'it''s', -1.5e3) -- end", LexerRules.H2))
                .containsExactly("INSERT", "INTO", "s", ".", "\"T\"\"1\"", "(", "`x`", ")", "VALUES", "(", "?1", ",", "'it''s'", ",", "-", "1.5e3", ")");
    }

    @Test
    void aStatementCannotHideInALiteralOrComment() {
        assertThat(texts("';' \";\" $$;$$ /*;*/ --;\n X';' U&';' N';' ;", LexerRules.H2)).endsWith(";").filteredOn(";"::equals).hasSize(1);
    }

    @Test
    void taggedDollarQuotesAreLiteralsOnlyWhereTheDatabaseHasThem() {
        assertThat(texts("$a$;$a$ 1", LexerRules.POSTGRESQL)).containsExactly("$a$;$a$", "1");
        assertThat(texts("$a$;$a$ 1", LexerRules.H2)).containsExactly("$", "a$", ";", "$", "a$", "1");
    }

    @Test
    void postgresqlsOwnLiteralsAndNamesAreCutAsPostgresqlCutsThem() {
        assertThat(texts("E'a\\';b' e'\\\\' ; B'01' 'c\\' ; $1 a$b$;$b$c$ `;` x\u00a0y \u00e9t\u00e9 $\u00e9$;$\u00e9$ ??| d::int", LexerRules.POSTGRESQL)).containsExactly(
                "E'a\\';b'", "e'\\\\'", ";", "B'01'", "'c\\'", ";", "$1", "a$b$", ";", "$b$c$ `;` x\u00a0y \u00e9t\u00e9 $\u00e9$;$\u00e9$ ??| d::int");
        assertThat(texts("`;` x\u00a0y \u00e9t\u00e9 $\u00e9$;$\u00e9$ d ??| ? e::int /* /* ; */ ; */ 1", LexerRules.POSTGRESQL)).containsExactly(
                "`", ";", "`", "x\u00a0y", "\u00e9t\u00e9", "$\u00e9$;$\u00e9$", "d", "??", "|", "?", "e", "::", "int", "1");
        assertThat(texts("'c\\';' ; N'\\'' '' '\\", LexerRules.POSTGRESQL_BACKSLASHES)).containsExactly("'c\\';'", ";", "N'\\''", "''", "'\\");
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '~', value = {
        "'it''s', it's", "'', ~~", "'''', '", "N'a', a", "\"a\"\"b\", a\"b", "`a``b`, a`b", "$$x'y$$, x'y", "X'01ff', 01ff", "U&'d\\0061t\\+000061\\\\', data\\",
        "U&'d!0061' UESCAPE '!', da", "U&\"\\00e9\", é", "U&'\\zz', \\zz", "'abc, abc", "'ab'', ab'", "$$abc, abc", "', ~~"})
    void valuesAreDecoded(String literal, String value) {
        Lexer lexer = new Lexer(literal, LexerRules.H2);
        lexer.next();
        assertThat(lexer.value()).isEqualTo(value);
        assertThat(lexer.end()).isEqualTo(literal.length());
    }

    @Test
    void anUnterminatedLiteralSaysSo() {
        for (String text : List.of("'a", "\"a", "`a", "$$a", "'", "'a''", "N'", "U&\"a")) {
            assertThat(Lexer.tokens(text, LexerRules.H2)).as(text).singleElement().satisfies(token -> assertThat(token.terminated()).isFalse());
        }
    }

    @Property(tries = 1000)
    void everyCharacterIsCoveredInOrderWhateverTheText(@ForAll("soup") String text, @ForAll LexerRules rules) {
        int end = 0;
        for (Token token : Lexer.tokens(text, rules)) {
            assertThat(token.start()).isGreaterThanOrEqualTo(end);
            assertThat(token.end()).isGreaterThan(token.start()).isLessThanOrEqualTo(text.length());
            assertThat(token.value(text)).isNotNull();
            end = token.end();
        }
    }

    /** H2 lets a short number with a radix begin after its 0x. */
    @Property(tries = 3000)
    void tokensBeginWhereH2sOwnTokenizerCuts(@ForAll("soup") String text) throws Exception {
        List<Integer> theirs = h2Starts(text);
        Assume.that(theirs != null);
        List<Integer> ours = new ArrayList<>();
        Token previous = null;
        for (Token token : Lexer.tokens(text, LexerRules.H2)) {
            if (continues(text, previous, token)) {
                theirs.remove((Integer) token.start());
            } else {
                ours.add(token.start() + (token.text(text).matches("0[xobXOB].*") && !theirs.contains(token.start()) ? 2 : 0));
            }
            previous = token;
        }
        assertThat(ours).as(text).isEqualTo(theirs);
    }

    @Provide
    Arbitrary<String> soup() {
        Arbitrary<String> pieces = Arbitraries.of("'", "''", "\"", "`", "$", "$$", "$a$", "--", "//", "/*", "*/", "\n", "\r", " ", "\t", "a", "N", "x", "U&", "uescape", "?", "1", "0x", "1e", ".", "_", ";",
                "::", ":=", "||", "{", "}", "\\", "\u00a0", "\u2028", "é", "\ud83d\ude00", "\u0000", "E", "=", "<", ">", "!", "-", "(", ")", "[", "]", "@", "#", "SELECT", "'a'", "\"b\"", "$$c$$");
        Arbitrary<String> likely = Arbitraries.of("'a'", "'b''c'", "\"b\"", " ", " ", "\n", "select", "a1", "1.5", "?", "?2", "=", ",", "(", ")", "-", "--x\n", "//y\n", "/*z*/", "/*/**/*/", "N'q'", "X'01'", "U&'s'", "$$t$$",
                "`u`", "::", "||", "<>", ".", "1", "0x1F", "2e3", "é", "a$b", "$1", ";", "{", "}");
        return Arbitraries.oneOf(pieces.list().ofMaxSize(14), likely.list().ofMaxSize(20)).map(list -> String.join("", list));
    }

    private static List<String> texts(String sql, LexerRules rules) {
        return Lexer.tokens(sql, rules).stream().map(token -> token.text(sql)).collect(Collectors.toList());
    }

    /** {@code 'a' 'b'} may be one token for H2 and is two for us: whoever wants the value joins them. */
    private static boolean continues(String text, Token previous, Token token) {
        return previous != null && (previous.kind() == TokenKind.STRING || previous.kind() == TokenKind.BINARY) && text.charAt(previous.start()) != '$' && text.charAt(token.start()) == '\'';
    }

    /** Where H2's tokens start, without its END; null where H2 refuses the text. */
    private static List<Integer> h2Starts(String text) throws Exception {
        Class<?> type = Class.forName("org.h2.command.Tokenizer");
        Constructor<?> constructor = type.getDeclaredConstructor(CastDataProvider.class, boolean.class, boolean.class, BitSet.class);
        constructor.setAccessible(true);
        Object tokenizer = constructor.newInstance(database.unwrap(JdbcConnection.class).getSession(), true, false, new BitSet());
        Method tokenize = type.getDeclaredMethod("tokenize", String.class, boolean.class, BitSet.class);
        tokenize.setAccessible(true);
        try {
            List<Integer> starts = new ArrayList<>();
            List<?> tokens = (List<?>) tokenize.invoke(tokenizer, text, false, new BitSet());
            for (Object token : tokens.subList(0, tokens.size() - 1)) {
                Method start = Class.forName("org.h2.command.Token").getDeclaredMethod("start");
                start.setAccessible(true);
                starts.add((Integer) start.invoke(token));
            }
            return starts;
        } catch (InvocationTargetException refused) {
            return null;
        }
    }
}

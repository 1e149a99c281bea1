// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TextFormTest {

    @Test
    void wellFormedTextIsUtf8() {
        String text = "AC/DC Motörhead € \ud83d\ude00 \uffff\0";
        assertThat(bytes(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        assertThat(TextForm.lengthBytes(text)).isEqualTo(bytes(text).length);
    }

    @Property(tries = 500)
    void anyStringComesBackInOnePieceOrThroughStreamsOfAnyGranularity(@ForAll("strings") String text, @ForAll @IntRange(min = 1, max = 7) int granularity) throws IOException {
        byte[] bytes = bytes(text);
        assertThat(TextForm.lengthBytes(text)).isEqualTo(bytes.length);
        assertThat(TextForm.decode(bytes, 0, bytes.length)).isEqualTo(text);
        assertThat(TextForm.stream(slow(new StringReader(text), granularity)).readAllBytes()).isEqualTo(bytes);
        assertThat(characters(slow(new ByteArrayInputStream(bytes), granularity))).isEqualTo(text);
    }

    @Test
    void charactersAcrossBufferBordersComeBack() throws IOException {
        for (int shift = 0; shift < 5; shift++) {
            String text = "x".repeat(shift) + "\ud83d\ude00".repeat(10_000) + "\ud83d" + "€".repeat(10_000) + "\ud83d";
            byte[] bytes = TextForm.stream(new StringReader(text)).readAllBytes();
            assertThat(bytes).isEqualTo(bytes(text));
            assertThat(characters(new ByteArrayInputStream(bytes))).isEqualTo(text);
        }
    }

    @Test
    void bytesThatNoTextGivesAreRefused() {
        for (String hex : new String[] {"80", "bf", "c0 80", "c1 bf", "c2", "c2 41", "e0 80 80", "e0 9f bf", "e2 82", "e2 82 41", "f0 80 80 80", "f0 8f bf bf", "f4 90 80 80", "f5 80 80 80", "ff", "fe",
            "ed a0 bd ed b8 80", "41 ed a0 bd ed b8 80 41"}) {
            byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
            assertThatThrownBy(() -> TextForm.decode(bytes, 0, bytes.length)).as(hex).isInstanceOf(MalformedException.class);
            assertThatThrownBy(() -> characters(slow(new ByteArrayInputStream(bytes), 1))).as(hex).isInstanceOf(MalformedException.class);
        }
    }

    @Property(tries = 1000)
    void arbitraryBytesAreRefusedOrTheOnlyFormOfTheirText(@ForAll byte[] bytes) {
        try {
            assertThat(bytes(TextForm.decode(bytes, 0, bytes.length))).isEqualTo(bytes);
        } catch (MalformedException refused) {
            assertThat(refused).hasMessageContaining("a text");
        }
    }

    @Provide
    Arbitrary<String> strings() {
        Arbitrary<Character> any = Arbitraries.chars().range('\0', '\uffff');
        Arbitrary<Character> surrogates = Arbitraries.chars().range('\ud7ff', '\ue001');
        return Arbitraries.oneOf(any, surrogates, Arbitraries.chars().ascii()).list().ofMaxSize(80).map(characters -> {
            StringBuilder text = new StringBuilder();
            characters.forEach(text::append);
            return text.toString();
        });
    }

    private static byte[] bytes(String text) {
        byte[] room = new byte[3 * text.length()];
        return Arrays.copyOf(room, TextForm.encode(text, room, 0));
    }

    private static String characters(InputStream in) throws IOException {
        StringWriter text = new StringWriter();
        try (Reader reader = TextForm.reader(in)) {
            reader.transferTo(text);
        }
        return text.toString();
    }

    private static InputStream slow(InputStream in, int granularity) {
        return new FilterInputStream(in) {
            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                return super.read(to, offset, Math.min(length, granularity));
            }
        };
    }

    private static Reader slow(Reader in, int granularity) {
        return new FilterReader(in) {
            @Override
            public int read(char[] to, int offset, int length) throws IOException {
                return super.read(to, offset, Math.min(length, granularity));
            }
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ShapeCodecTest {

    private static final TableShape ARTIST = new TableShape("PUBLIC", "ARTIST", 1,
            List.of(new ColumnShape("ARTIST_ID", ColumnType.of(SqlType.INTEGER)), new ColumnShape("NAME", ColumnType.of(SqlType.VARCHAR, 120, -1))), List.of(0));

    @Property(tries = 300)
    void anyShapeComesBackEqual(@ForAll("shapes") TableShape shape) throws MalformedException {
        TableShape back = ShapeCodec.decode(ShapeCodec.encode(shape));
        assertThat(back).isEqualTo(shape);
        assertThat(back.fingerprint()).isEqualTo(shape.fingerprint());
    }

    @Test
    void theBinaryFormOfAShapeStaysWhatItIs() {
        assertThat(ShapeCodec.encode(ARTIST)).asHexString().isEqualTo("01065055424C4943064152544953540102094152544953545F49440B0101000000044E414D4502F001010000000100");
        assertThat(ARTIST.fingerprint()).isEqualTo(0x9136c11ee461bd5eL);
    }

    @Test
    void truncationsAndTrailingBytesAreRefused() {
        byte[] good = ShapeCodec.encode(ARTIST);
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> ShapeCodec.decode(cut)).isInstanceOf(MalformedException.class);
        }
        assertThatThrownBy(() -> ShapeCodec.decode(Arrays.copyOf(good, good.length + 1))).isInstanceOf(MalformedException.class);
    }

    @Property(tries = 1000)
    void arbitraryBytesAreRefusedOrTheOnlyFormOfTheirShape(@ForAll byte[] bytes) {
        try {
            assertThat(ShapeCodec.encode(ShapeCodec.decode(bytes))).isEqualTo(bytes);
        } catch (MalformedException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    @Test
    void typesNestedTooDeepAreRefused() {
        ColumnType type = ColumnType.of(SqlType.INTEGER);
        for (int i = 0; i < 1000; i++) {
            type = new ColumnType(SqlType.ARRAY, -1, -1, "", List.of(), List.of(type));
        }
        byte[] bytes = ShapeCodec.encode(new TableShape("", "T", 1, List.of(new ColumnShape("C", type)), List.of(0)));
        assertThatThrownBy(() -> ShapeCodec.decode(bytes)).isInstanceOf(MalformedException.class).hasMessageContaining("nested");
    }

    @Provide
    Arbitrary<TableShape> shapes() {
        Arbitrary<ColumnShape> columns = Combinators.combine(Arbitraries.strings().ofMaxLength(30), types(2)).as(ColumnShape::new);
        return Combinators.combine(Arbitraries.strings().ofMaxLength(10), Arbitraries.strings().ofMaxLength(200), Arbitraries.longs().greaterOrEqual(0), columns.list().ofMinSize(1).ofMaxSize(30))
                .as((schema, name, version, list) -> new TableShape(schema, name, version, list, List.of(list.size() - 1, 0)));
    }

    private static Arbitrary<ColumnType> types(int depth) {
        Arbitrary<List<ColumnType>> components = depth == 0 ? Arbitraries.just(List.of()) : Arbitraries.lazy(() -> types(depth - 1)).list().ofMaxSize(2);
        return Combinators.combine(Arbitraries.of(SqlType.values()), Arbitraries.longs(), Arbitraries.integers(), Arbitraries.strings().ofMaxLength(5), Arbitraries.strings().ofMaxLength(5).list().ofMaxSize(3), components)
                .as(ColumnType::new);
    }
}

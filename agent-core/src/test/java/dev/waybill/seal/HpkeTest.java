// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HpkeTest {

    private static final byte[] INFO = hex("4f6465206f6e2061204772656369616e2055726e");
    private static final byte[] BOUND = hex("436f756e742d30");
    private static final byte[] TEXT = hex("4265617574792069732074727574682c20747275746820626561757479");

    /** RFC 9180, appendix A.1.1, sequence number 0: the only place where the cipher of this appendix differs is the length of its key. */
    @Test
    void theVectorOfTheStandardComesOut() throws GeneralSecurityException {
        Hpke aes128 = new Hpke(1, 16);
        KeyPair own = pair("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431", "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736");
        KeyPair recipient = pair("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d", "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8");
        byte[] sealed = aes128.seal(own, recipient.getPublic(), INFO, BOUND, TEXT);
        assertThat(HexFormat.of().formatHex(sealed)).isEqualTo("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"
                + "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a");
        assertThat(aes128.open(recipient, INFO, BOUND, sealed)).isEqualTo(TEXT);
    }

    @Test
    void noBitOfWhatIsSealedOrBoundCanBeAltered() throws GeneralSecurityException {
        KeyPair recipient = KeyPairGenerator.getInstance("X25519").generateKeyPair();
        byte[] sealed = Hpke.AES_256.seal(recipient.getPublic(), INFO, BOUND, TEXT);
        assertThat(sealed).hasSize(TEXT.length + Hpke.OVERHEAD_BYTES);
        assertThat(Hpke.AES_256.open(recipient, INFO, BOUND, sealed)).isEqualTo(TEXT);
        for (int bit = 0; bit < 8 * sealed.length; bit++) {
            byte[] altered = flipped(sealed, bit);
            assertThatThrownBy(() -> Hpke.AES_256.open(recipient, INFO, BOUND, altered)).as("bit %s", bit).isInstanceOf(GeneralSecurityException.class);
        }
        assertThatThrownBy(() -> Hpke.AES_256.open(recipient, INFO, flipped(BOUND, 3), sealed)).isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> Hpke.AES_256.open(KeyPairGenerator.getInstance("X25519").generateKeyPair(), INFO, BOUND, sealed)).isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void aPointOfSmallOrderIsRefused() throws GeneralSecurityException {
        KeyPair recipient = KeyPairGenerator.getInstance("X25519").generateKeyPair();
        for (int coordinate : new int[] {0, 1}) {
            byte[] sealed = new byte[100];
            sealed[0] = (byte) coordinate;
            assertThatThrownBy(() -> Hpke.AES_256.open(recipient, INFO, BOUND, sealed)).isInstanceOf(GeneralSecurityException.class);
        }
    }

    @Test
    void noTwoTextsAreSealedAlike() throws GeneralSecurityException {
        KeyPair recipient = KeyPairGenerator.getInstance("X25519").generateKeyPair();
        assertThat(Hpke.AES_256.seal(recipient.getPublic(), INFO, BOUND, TEXT)).isNotEqualTo(Hpke.AES_256.seal(recipient.getPublic(), INFO, BOUND, TEXT));
    }

    private static byte[] flipped(byte[] bytes, int bit) {
        byte[] copy = bytes.clone();
        copy[bit / 8] ^= (byte) (1 << bit % 8);
        return copy;
    }

    private static KeyPair pair(String point, String scalar) throws GeneralSecurityException {
        PrivateKey secret = KeyFactory.getInstance("X25519").generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, hex(scalar)));
        return new KeyPair(Hpke.publicKey(hex(point)), secret);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}

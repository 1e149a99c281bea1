// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Changes encoded messages as somebody would who knows the format. */
final class MessageSurgery {

    private MessageSurgery() {}

    static byte[] withTrueChecksum(byte[] bytes) {
        byte[] mended = bytes.clone();
        int checksumAt = ByteBuffer.wrap(mended).getInt(MessageCodec.CHECKSUM_AT);
        CRC32C crc = new CRC32C();
        crc.update(mended, 0, checksumAt);
        ByteBuffer.wrap(mended).putInt(checksumAt, (int) crc.getValue());
        return mended;
    }
}

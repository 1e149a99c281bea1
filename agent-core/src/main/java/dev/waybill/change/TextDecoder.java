// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

/** Decodes the bytes of a text piece by piece, as {@link TextForm} defines them. One thread. */
final class TextDecoder {

    private boolean afterLoneHigh;
    private int consumed;

    /** All bytes at once; the number of characters. */
    int decodeAll(byte[] from, int at, int end, char[] to) throws MalformedException {
        int count = decode(from, at, end, to);
        expectEnd(end - at - consumed);
        return count;
    }

    /**
     * As many whole characters as there are: {@link #consumed} tells how many bytes they took, at most three are left over.
     *
     * @param to room for one character a byte
     * @return the number of characters
     */
    int decode(byte[] from, int at, int end, char[] to) throws MalformedException {
        int position = at;
        int count = 0;
        while (position < end) {
            int first = from[position];
            if (first >= 0) {
                to[count++] = (char) first;
                afterLoneHigh = false;
                position++;
                continue;
            }
            int length = length(first & 0xff);
            if (end - position < length) {
                break;
            }
            int codePoint = codePoint(from, position, length);
            checkPair(codePoint);
            count += Character.toChars(codePoint, to, count);
            position += length;
        }
        consumed = position - at;
        return count;
    }

    int consumed() {
        return consumed;
    }

    /** A text may not end inside a character. */
    void expectEnd(int bytesLeft) throws MalformedException {
        if (bytesLeft != 0) {
            throw new MalformedException("a text ends inside a character");
        }
    }

    private static int length(int first) throws MalformedException {
        if (first >= 0xc2 && first < 0xe0) {
            return 2;
        }
        if (first >= 0xe0 && first < 0xf0) {
            return 3;
        }
        if (first >= 0xf0 && first < 0xf5) {
            return 4;
        }
        throw new MalformedException("a text has the byte " + first + " where a character should begin");
    }

    private static int codePoint(byte[] from, int at, int length) throws MalformedException {
        int codePoint = from[at] & 0x7f >> length;
        for (int i = 1; i < length; i++) {
            int next = from[at + i] & 0xff;
            if (next >> 6 != 2) {
                throw new MalformedException("a text has the byte " + next + " inside a character");
            }
            codePoint = codePoint << 6 | next & 0x3f;
        }
        if (length == 3 && codePoint < 0x800 || length == 4 && (codePoint < 0x10000 || codePoint > Character.MAX_CODE_POINT)) {
            throw new MalformedException("a text has a character in a form that is not its shortest, or beyond the last one");
        }
        return codePoint;
    }

    private void checkPair(int codePoint) throws MalformedException {
        boolean high = codePoint >= Character.MIN_HIGH_SURROGATE && codePoint <= Character.MAX_HIGH_SURROGATE;
        boolean low = codePoint >= Character.MIN_LOW_SURROGATE && codePoint <= Character.MAX_LOW_SURROGATE;
        if (low && afterLoneHigh) {
            throw new MalformedException("a text has a pair of surrogates written as two halves");
        }
        afterLoneHigh = high;
    }
}

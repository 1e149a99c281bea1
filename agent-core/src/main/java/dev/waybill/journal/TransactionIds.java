// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import java.util.UUID;

/** Many ids of transactions in some forty bytes each, a third of what a set of objects takes. One thread. */
final class TransactionIds {

    private static final int FIRST_ROOM = 1 << 10;

    /** Two for each, high first; a power of two of places, which are free while both are zero. */
    private long[] places = new long[2 * FIRST_ROOM];
    private int count;
    private boolean hasZero;

    void add(UUID id) {
        if (id.getMostSignificantBits() == 0 && id.getLeastSignificantBits() == 0) {
            hasZero = true;
        } else if (put(id.getMostSignificantBits(), id.getLeastSignificantBits()) && ++count > places.length / 4 * 3 / 2) {
            grow();
        }
    }

    private boolean put(long high, long low) {
        int place = place(high, low);
        boolean isNew = isFree(place);
        places[place] = high;
        places[place + 1] = low;
        return isNew;
    }

    /** Where it is or belongs. */
    private int place(long high, long low) {
        int mask = places.length - 1;
        long mixed = (high ^ low * 0x9E3779B97F4A7C15L) * 0x9E3779B97F4A7C15L;
        int place = (int) (mixed >>> 32) << 1 & mask;
        while (!isFree(place) && (places[place] != high || places[place + 1] != low)) {
            place = place + 2 & mask;
        }
        return place;
    }

    private boolean isFree(int place) {
        return places[place] == 0 && places[place + 1] == 0;
    }

    private void grow() {
        long[] former = places;
        places = new long[2 * former.length];
        for (int i = 0; i < former.length; i += 2) {
            if (former[i] != 0 || former[i + 1] != 0) {
                put(former[i], former[i + 1]);
            }
        }
    }

    boolean contains(UUID id) {
        long high = id.getMostSignificantBits();
        long low = id.getLeastSignificantBits();
        return high == 0 && low == 0 ? hasZero : !isFree(place(high, low));
    }

    boolean isEmpty() {
        return count == 0 && !hasZero;
    }
}

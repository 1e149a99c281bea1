// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import java.sql.SQLException;
import java.sql.Wrapper;

/**
 * {@code unwrap} and {@code isWrapperFor}, which always agree: what we implement is given as ourselves, a facet of ours as that, an object of the real driver only when {@code waybill.unwrap=allow}.
 */
public abstract class WrapperPolicy extends Policy implements Wrapper {

    @Override
    public final <T> T unwrap(Class<T> type) throws SQLException {
        if (type == null) {
            return ((Wrapper) raw()).unwrap(null);
        }
        isKnownToRaw(type);
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        T facet = facet(type);
        return facet != null ? facet : connection().handOut((Wrapper) raw(), type);
    }

    @Override
    public final boolean isWrapperFor(Class<?> type) throws SQLException {
        if (type == null) {
            return ((Wrapper) raw()).isWrapperFor(null);
        }
        boolean known = isKnownToRaw(type);
        return type.isInstance(this) || facet(type) != null || connection().mayHandOut() && known;
    }

    /** Asked first: some drivers refuse the question on a closed object, in their own words. */
    private boolean isKnownToRaw(Class<?> type) throws SQLException {
        return ((Wrapper) raw()).isWrapperFor(type);
    }

    /** Something of ours that this object can be seen as; null when there is nothing of this type. */
    <T> T facet(Class<T> type) {
        return null;
    }
}

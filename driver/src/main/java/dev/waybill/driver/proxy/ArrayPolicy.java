// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import java.sql.Array;

/** An array: the result sets that it gives lead back. As thread-safe as the delegate. */
public abstract class ArrayPolicy extends Policy implements Array {

    protected final Array delegate;
    private final Policy origin;

    public ArrayPolicy(Array delegate, Policy origin) {
        this.delegate = delegate;
        this.origin = origin;
    }

    @Override
    final ConnectionPolicy connection() {
        return origin.connection();
    }

    @Override
    final Object raw() {
        return delegate;
    }
}

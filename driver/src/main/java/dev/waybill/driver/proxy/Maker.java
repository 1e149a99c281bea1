// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

/**
 * The constructor of one generated class, as a direct call. Any thread.
 *
 * @param <D> the JDBC interface
 * @param <O> what the policy needs to know besides its delegate
 * @param <P> the policy class
 */
public interface Maker<D, O, P> {

    /** A new object of ours over this raw one. */
    P make(D delegate, O origin);
}

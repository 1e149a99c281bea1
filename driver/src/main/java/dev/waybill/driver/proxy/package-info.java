// SPDX-License-Identifier: Apache-2.0
/**
 * JDBC routing: one policy class for each JDBC interface, holding only the methods with policy; ByteBuddy makes the rest, vendor interfaces included, as direct calls to the delegate.
 *
 * <p><b>Guarantee.</b> What an application holds never leads to a raw connection by accident: {@code getConnection}, {@code getStatement}, generated keys, result sets and metadata lead back to our objects;
 * {@code equals}, {@code unwrap} and {@code isWrapperFor} are consistent. A pass-through call allocates nothing and costs one static call.
 *
 * <p><b>How.</b> What happens with a statement and at the edges of a transaction is decided in {@code capture}; a policy class asks {@link dev.waybill.driver.capture.ConnectionCapture} and presents the outcome
 * as JDBC does.
 *
 * <p><b>Rejected.</b> {@code java.lang.reflect.Proxy} (10 to 15 times the cost of a call), a hand-written wrapper of everything (misses new JDBC methods and vendor interfaces), routing by method name.
 */
package dev.waybill.driver.proxy;

// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

/** What is compared, in one run. */
enum Variant {

    /** The real driver alone. */
    BARE("bare"),

    /** The real driver, and one INSERT of as many bytes as Waybill writes, by hand, in the thinnest table there is: what nobody who writes an outbox can go below. */
    OUTBOX("by hand"),

    /** Through Waybill; nobody takes the outbox away. */
    WAYBILL("waybill"),

    /** Through Waybill, with the agent sequencing beside it. */
    AGENT("waybill + agent"),

    /** The real driver, with row triggers that write what Waybill captures. */
    TRIGGERS("row triggers"),

    /** Through p6spy, which logs nothing. */
    P6SPY("p6spy"),

    /** Through datasource-proxy, without a listener. */
    DATASOURCE_PROXY("datasource-proxy");

    private final String title;

    Variant(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    boolean isWaybill() {
        return this == WAYBILL || this == AGENT;
    }
}

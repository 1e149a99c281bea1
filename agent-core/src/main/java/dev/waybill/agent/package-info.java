// SPDX-License-Identifier: Apache-2.0
/**
 * The message agent: one for each database, by lease. {@code MessageAgent.runOnce()} reads like the picture in the README: receive, apply, confirm, sequence, send, notify.
 */
package dev.waybill.agent;

// SPDX-License-Identifier: Apache-2.0
/** Tales end to end: ordinary JDBC programs through the driver, agents beside them, checkers that share no code with us. */
package dev.waybill.story;

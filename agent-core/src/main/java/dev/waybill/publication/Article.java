// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.TableShape;

/**
 * One table of a publication.
 *
 * @param table the table with the article's columns (all of the table when none were named; the key always)
 */
public record Article(TableShape table) {}

// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import java.util.List;

/** A named set of articles. */
public record Publication(String name, List<Article> articles) {
    public Publication {
        articles = List.copyOf(articles);
    }
}

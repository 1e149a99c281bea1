// SPDX-License-Identifier: Apache-2.0
/** An application of the stories, as its makers would have written it: it knows nothing of Waybill. */
package dev.waybill.frameworks.shop;

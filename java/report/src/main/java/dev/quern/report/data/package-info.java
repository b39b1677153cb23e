/**
 * What a page shows, as {@code report.json} holds it: plain records, without rules of their own.
 */
@NullMarked
package dev.quern.report.data;

import org.jspecify.annotations.NullMarked;

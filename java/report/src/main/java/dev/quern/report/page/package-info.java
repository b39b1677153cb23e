/** HTML pages with drawings and images from {@code dev.quern.report.data}. */
@NullMarked
package dev.quern.report.page;

import org.jspecify.annotations.NullMarked;

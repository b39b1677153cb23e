/** Reports of training runs, and a page that shows a run as it goes. */
@NullMarked
package dev.quern.report;

import org.jspecify.annotations.NullMarked;

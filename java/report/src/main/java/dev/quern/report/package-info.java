/** Reports of training runs, and a live page of a run. */
@NullMarked
package dev.quern.report;

import org.jspecify.annotations.NullMarked;

/** How good outputs are: accuracy, loss, one-hot targets. */
@NullMarked
package dev.quern.metric;

import org.jspecify.annotations.NullMarked;

/** Detection of likely problems of data and training from the results of a training run. */
@NullMarked
package dev.quern.diagnostics;

import org.jspecify.annotations.NullMarked;

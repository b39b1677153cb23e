/** Loss functions. */
@NullMarked
package dev.quern.loss;

import org.jspecify.annotations.NullMarked;

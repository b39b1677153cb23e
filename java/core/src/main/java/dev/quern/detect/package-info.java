/** Boxes: what a network finds in a picture, how its outputs say so, and how good that is. */
@NullMarked
package dev.quern.detect;

import org.jspecify.annotations.NullMarked;

/** Top-down pose estimation: key points of the person or object in a box of an image. */
@NullMarked
package dev.quern.pose;

import org.jspecify.annotations.NullMarked;

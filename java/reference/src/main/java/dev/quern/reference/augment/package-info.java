/** Augmentation and mixing of images, step by step. */
@NullMarked
package dev.quern.reference.augment;

import org.jspecify.annotations.NullMarked;

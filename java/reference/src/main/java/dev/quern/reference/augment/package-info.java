/** Reference implementations of image augmentation, mixup and CutMix. */
@NullMarked
package dev.quern.reference.augment;

import org.jspecify.annotations.NullMarked;

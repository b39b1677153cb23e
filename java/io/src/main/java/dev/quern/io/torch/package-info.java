/**
 * Files of {@code torch.save}: the tensors of a state_dict. Nothing of the pickle in them is run
 * but what rebuilds tensors.
 */
@NullMarked
package dev.quern.io.torch;

import org.jspecify.annotations.NullMarked;

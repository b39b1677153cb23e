/**
 * A reader of files of {@code torch.save} with a state_dict. Only the pickle operations that
 * rebuild tensors are executed.
 */
@NullMarked
package dev.quern.io.torch;

import org.jspecify.annotations.NullMarked;

/**
 * A reader of state_dicts in files of {@code torch.save}. Only the pickle operations that rebuild
 * tensors are executed.
 */
@NullMarked
package dev.quern.io.torch;

import org.jspecify.annotations.NullMarked;

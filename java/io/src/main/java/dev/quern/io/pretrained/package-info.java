/**
 * Networks that others trained, by name: what each is, where its file comes from, and the folder in
 * which files are kept.
 */
@NullMarked
package dev.quern.io.pretrained;

import org.jspecify.annotations.NullMarked;

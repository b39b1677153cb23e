/** The implementation of {@code ImageFolder}. */
package dev.quern.io.folder;

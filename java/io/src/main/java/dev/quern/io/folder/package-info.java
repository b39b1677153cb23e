/** What {@code ImageFolder} is made of. */
package dev.quern.io.folder;

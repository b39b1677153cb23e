/** Parts of messages: suggestions for misspelled names, and reasons of file errors. */
package dev.quern.internal.messages;

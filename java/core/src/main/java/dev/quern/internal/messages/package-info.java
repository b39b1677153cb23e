/** Parts of messages: suggestions for misspelled names, and reasons for file errors. */
package dev.quern.internal.messages;

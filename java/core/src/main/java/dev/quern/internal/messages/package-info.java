/** Parts of messages: names that a misspelt one may stand for, and reasons of file errors. */
package dev.quern.internal.messages;

/** Checks of arguments, heap size and user code, shared by all modules of the library. */
package dev.quern.internal.arguments;

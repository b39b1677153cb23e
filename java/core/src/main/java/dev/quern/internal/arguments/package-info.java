/** Checks of arguments, of the heap and of user code, shared by all modules of the library. */
package dev.quern.internal.arguments;

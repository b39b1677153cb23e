/**
 * Networks as immutable descriptions, layers in order with names and inputs, and the networks that
 * Quern knows by name.
 */
package dev.quern.network;

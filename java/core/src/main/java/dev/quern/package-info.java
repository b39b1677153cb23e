/**
 * Convolutional networks: describe one with {@link dev.quern.Network}, train it with {@link
 * dev.quern.Trainer}, use it with {@link dev.quern.Model}. Callers see images as NCHW, weights as
 * OIHW and [out, in].
 */
package dev.quern;

/** Loss functions. */
package dev.quern.loss;

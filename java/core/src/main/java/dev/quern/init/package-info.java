/** First values of weights. */
package dev.quern.init;

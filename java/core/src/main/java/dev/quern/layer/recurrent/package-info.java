/** Recurrent layers: LSTM, GRU and the plain recurrent network. */
@NullMarked
package dev.quern.layer.recurrent;

import org.jspecify.annotations.NullMarked;

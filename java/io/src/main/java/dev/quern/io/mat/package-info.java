/** A reader of arrays in MATLAB files of level 5, as far as SVHN requires it. */
package dev.quern.io.mat;

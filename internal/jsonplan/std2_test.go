//go:build goexperiment.jsonv2

package jsonplan_test

import "reflect"

const jsonv2 = true

func quirks() []reflect.Type { return nil }

func undecodable() []reflect.Type { return nil }

func oddTags() []string { return nil }

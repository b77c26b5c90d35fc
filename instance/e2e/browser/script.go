package browser

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// evaluate computes an expression in the page, also where the page's own
// scripts are off or forbidden, and waits for it if it is a promise.
func evaluate[T any](ctx context.Context, expression string) (T, error) {
	return evaluateIn[T](ctx, 0, expression)
}

// evaluateIn does so in a world of the page, 0 for the page's own.
func evaluateIn[T any](ctx context.Context, world runtime.ExecutionContextID, expression string) (T, error) {
	yes := true
	result, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{
		Expression: expression, ContextID: world, ReturnByValue: &yes, AwaitPromise: &yes,
	})
	if err != nil {
		var none T
		return none, err
	}
	return valueOf[T](result.Result, result.ExceptionDetails)
}

// on calls a function with the object as this.
func on[T any](ctx context.Context, object runtime.RemoteObjectID, function string, args ...any) (T, error) {
	var none T
	var list []*runtime.CallArgument
	for _, arg := range args {
		text, err := json.Marshal(arg)
		if err != nil {
			return none, err
		}
		list = append(list, &runtime.CallArgument{Value: text})
	}
	yes := true
	result, err := chromedp.Call(ctx, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
		FunctionDeclaration: function, ObjectID: object, Arguments: list, ReturnByValue: &yes,
	})
	if err != nil {
		return none, err
	}
	return valueOf[T](result.Result, result.ExceptionDetails)
}

func valueOf[T any](result *runtime.RemoteObject, thrown *runtime.ExceptionDetails) (T, error) {
	var value T
	if thrown != nil {
		return value, errors.New(saying(thrown))
	}
	if len(result.Value) == 0 { // undefined
		return value, nil
	}
	return value, json.Unmarshal(result.Value, &value)
}

// saying is what an exception says, with its stack.
func saying(thrown *runtime.ExceptionDetails) string {
	if thrown.Exception != nil && thrown.Exception.Description != "" {
		return thrown.Exception.Description
	}
	return thrown.Text
}
